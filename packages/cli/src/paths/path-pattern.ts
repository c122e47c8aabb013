import { type Glob, parseGlob } from "./glob.ts";

/**
 * A pattern as `.gitignore` has them: without a slash it is about a name at any depth, with one about a path below the folder that the
 * pattern belongs to. It stands for whatever it names and, where that is a folder, all below it.
 */
export interface PathPattern {
  readonly text: string;
  /** @param path below that folder, with `/` between its segments */
  matches(path: string): boolean;
}

/** @returns null where it is no pattern: empty, negated with `!`, leading out of the folder, or brackets that are not closed */
export function parsePathPattern(text: string): PathPattern | null {
  if (text === "" || text.startsWith("!") || text.split("/").includes("..")) return null;
  const isFolder = text.endsWith("/");
  const plain = text.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
  if (plain === "" || plain === ".") return { text, matches: () => true };
  const isAnchored = /^\.?\//.test(text) || plain.includes("/");
  const anchored = isAnchored ? plain : `**/${plain}`;
  const globs = [...(isFolder ? [] : [anchored]), `${anchored}/**/*`].map(parseGlob);
  if (globs.includes(null)) return null;
  return { text, matches: (path) => (globs as readonly Glob[]).some((glob) => glob.matches(path)) };
}
