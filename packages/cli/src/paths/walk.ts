import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { joinPath } from "./path-text.ts";

/** Never looked into: what version control and package managers own. */
const SKIPPED = new Set([".git", ".hg", ".svn", "node_modules"]);

/** A project has neither as many files nor as deep folders; a mistaken `/` has. */
const MAX_ENTRIES = 1_000_000;
const MAX_DEPTH = 64;

/**
 * The files below a folder, sorted by name within each folder. Links to files count as files. Links to folders are not followed: so
 * none can lead in a circle, or out of the project.
 *
 * @param skips told of every file and folder; what it says yes to is passed over
 * @throws CommandError `file_unreadable`; `project` with `tree_too_large`
 */
export async function* walk(
  folder: string,
  skips: (path: string) => boolean | Promise<boolean>,
  io: Io,
): AsyncGenerator<string> {
  const open = [{ path: folder, depth: 0 }];
  let entries = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, depth } = next;
    const inside: string[] = [];
    for (const { name, kind } of await io.files.list(path)) {
      entries += 1;
      if (entries > MAX_ENTRIES) throw tooLarge(folder);
      const child = joinPath(path, name);
      if (SKIPPED.has(name) || (await skips(child))) continue;
      if (kind === "folder") inside.push(child);
      else if (kind === "file" || (kind === "link" && (await io.files.kindOf(child)) === "file")) yield child;
    }
    if (inside.length > 0 && depth === MAX_DEPTH) throw tooLarge(folder);
    for (const child of inside.reverse()) open.push({ path: child, depth: depth + 1 });
  }
}

function tooLarge(folder: string): CommandError {
  return new CommandError({ code: "project", problem: { code: "tree_too_large", folder } });
}
