import { dirname, join, relative } from "node:path";
import type { Io } from "../io.ts";
import { isIgnored, PROJECT_FILE, type Project, type Rule, ruleFor } from "./project.ts";
import { loadProject } from "./read-project.ts";

/** A file's project, and what it says of that file. */
export interface Governed {
  readonly project: Project | null;
  readonly rule: Rule | null;
}

/**
 * Finds the `.sealwright.yaml` of files: the nearest one, from the file's own folder upwards. The search ends with the folder of the Git
 * repository, at home, or at the root. Each folder is looked at once.
 */
export class Projects {
  readonly #io: Io;
  readonly #byFolder = new Map<string, Promise<Project | null>>();
  readonly #home: string | null;

  constructor(io: Io) {
    this.#io = io;
    const home = io.env["HOME"] || io.env["USERPROFILE"];
    this.#home = home === undefined || home === "" ? null : io.files.resolve(home);
  }

  /** @throws CommandError as `loadProject` does */
  async of(path: string): Promise<Governed> {
    const absolute = this.#io.files.resolve(path);
    const project = await this.in(dirname(absolute));
    return { project, rule: project === null ? null : ruleFor(project, absolute) };
  }

  /** Of a folder, by its absolute path. */
  in(folder: string): Promise<Project | null> {
    const known = this.#byFolder.get(folder);
    if (known !== undefined) return known;
    const found = this.#find(folder);
    this.#byFolder.set(folder, found);
    return found;
  }

  /** Whether the project has searches pass over a file or folder. */
  async ignores(path: string): Promise<boolean> {
    const absolute = this.#io.files.resolve(path);
    const project = await this.in(dirname(absolute));
    return project !== null && isIgnored(project, absolute);
  }

  async #find(folder: string): Promise<Project | null> {
    const { files } = this.#io;
    const path = join(folder, PROJECT_FILE);
    if ((await files.kindOf(path)) === "file") return loadProject(this.#shown(path), folder, this.#io);
    const parent = dirname(folder);
    if (parent === folder || folder === this.#home || (await files.kindOf(join(folder, ".git"))) !== null) return null;
    return this.in(parent);
  }

  #shown(path: string): string {
    return relative(this.#io.files.resolve("."), path) || path;
  }
}
