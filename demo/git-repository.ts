import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const AUTHOR = ["-c", "user.name=Demo", "-c", "user.email=demo@example.com", "-c", "commit.gpgsign=false"];

/** A Git repository that is thrown away. */
export class GitRepository {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<GitRepository> {
    const repository = new GitRepository(await mkdtemp(join(tmpdir(), "sealwright-demo-git-")));
    await repository.#git("init", "--quiet");
    return repository;
  }

  /** Commits these files; resolves to the commit's short name. */
  async commit(files: ReadonlyMap<string, string>, message: string): Promise<string> {
    for (const [name, text] of files) await writeFile(join(this.folder, name), text);
    await this.#git("add", "--all");
    await this.#git(...AUTHOR, "commit", "--quiet", "--message", message);
    return (await this.#git("rev-parse", "--short", "HEAD")).trim();
  }

  /** The files that the newest commit holds, as Git gives them back. */
  async files(): Promise<ReadonlyMap<string, string>> {
    const names = (await this.#git("ls-tree", "--name-only", "HEAD")).trim().split("\n");
    return new Map(
      await Promise.all(names.map(async (name) => [name, await this.#git("show", `HEAD:${name}`)] as const)),
    );
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #git(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("git", ["-C", this.folder, ...args], { maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  }
}
