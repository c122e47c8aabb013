import { dirname } from "node:path";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import { isGlob, parseGlob, plainStart } from "./glob.ts";
import { pathBelow, withSlashes } from "./path-text.ts";
import { walk } from "./walk.ts";

/** A file that arguments lead to, or stdin. */
export interface FoundFile {
  /** As it was given, or as it was found below what was given; `-` is stdin. */
  readonly path: string;
  /** Whether it was named itself, matched by a pattern or found in a folder. */
  readonly by: "name" | "pattern" | "folder";
  /** The folder that was given, the plain start of the pattern, or the file's own folder: what an output folder mirrors starts here. */
  readonly base: string;
}

export interface FileSearch {
  /** Which of the files below a folder are wanted. */
  readonly wants: (path: string) => boolean | Promise<boolean>;
  /** What is passed over below a folder or by a pattern, with all that is in it. */
  readonly skips: (path: string) => boolean | Promise<boolean>;
}

/**
 * The files that arguments stand for, each once and one by one: a file that is there under that very name, else a pattern, else a name
 * for whoever reads it to fail on. Folders and patterns are searched as `walk` does.
 *
 * @throws CommandError `file_unreadable`; `project` with `pattern_malformed`, `pattern_without_match`, `tree_too_large`
 */
export async function* findFiles(operands: readonly string[], search: FileSearch, io: Io): AsyncGenerator<FoundFile> {
  const seen = new Set<string>();
  for (const operand of operands) {
    for await (const found of filesOf(operand, search, io)) {
      const absolute = found.path === STDIN ? STDIN : io.files.resolve(found.path);
      if (seen.has(absolute)) continue;
      seen.add(absolute);
      yield found;
    }
  }
}

async function* filesOf(operand: string, { wants, skips }: FileSearch, io: Io): AsyncGenerator<FoundFile> {
  const kind = operand === STDIN ? null : await io.files.kindOf(operand);
  if (kind === "folder") {
    for await (const path of walk(operand, skips, io)) {
      if (await wants(path)) yield { path, by: "folder", base: operand };
    }
  } else if (operand !== STDIN && kind === null && isGlob(operand)) {
    yield* matchesOf(operand, skips, io);
  } else {
    yield { path: operand, by: "name", base: operand === STDIN ? "." : dirname(operand) };
  }
}

async function* matchesOf(pattern: string, skips: FileSearch["skips"], io: Io): AsyncGenerator<FoundFile> {
  const slashed = withSlashes(pattern);
  const start = plainStart(slashed);
  const base = start === "" ? (slashed.startsWith("/") ? "/" : ".") : start;
  const glob = parseGlob(slashed.slice(start === "" ? 0 : start.length + 1).replace(/^\/+/, ""));
  if (glob === null) throw new CommandError({ code: "project", problem: { code: "pattern_malformed", pattern } });
  let count = 0;
  if ((await io.files.kindOf(base)) === "folder") {
    for await (const path of walk(base, skips, io)) {
      if (!glob.matches(pathBelow(io.files.resolve(base), io.files.resolve(path)) ?? "")) continue;
      count += 1;
      yield { path, by: "pattern", base };
    }
  }
  if (count === 0) throw new CommandError({ code: "project", problem: { code: "pattern_without_match", pattern } });
}
