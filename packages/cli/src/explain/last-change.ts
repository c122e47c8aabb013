import { spawn } from "node:child_process";
import { basename, dirname } from "node:path";
import { text } from "node:stream/consumers";
import type { Io } from "../io.ts";

/** When Git last saw a file change, ISO 8601; null where there is no Git, no repository, or no commit of the file. */
export async function lastChangeOf(path: string, io: Io): Promise<string | null> {
  try {
    // A repository's configuration may name programs to run: for its file system monitor, and to check signatures.
    const settings = ["-c", "core.fsmonitor=false", "-c", "log.showSignature=false"];
    const absolute = io.files.resolve(path);
    const query = ["--literal-pathspecs", "log", "-1", "--format=%cI", "--", basename(absolute)];
    const git = spawn("git", [...settings, ...query], {
      cwd: dirname(absolute),
      env: { ...io.env, GIT_OPTIONAL_LOCKS: "0" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = new Promise<void>((resolve) => git.once("close", () => resolve()).once("error", () => resolve()));
    const [output] = await Promise.all([text(git.stdout), ended]);
    return output.trim() || null;
  } catch {
    return null;
  }
}
