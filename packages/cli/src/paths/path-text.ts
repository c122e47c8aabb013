import { join, relative, sep } from "node:path";

/** Paths as they are shown and given on: a file of the working directory is `a.yaml`, not `./a.yaml`. */
export function joinPath(folder: string, name: string): string {
  return folder === "." ? name : join(folder, name);
}

/** With `/` between its segments, on every system. */
export function withSlashes(path: string): string {
  return sep === "\\" ? path.replaceAll("\\", "/") : path;
}

/** The path from an absolute folder to an absolute path below it, with `/` between its segments; null where it is not below it. */
export function pathBelow(folder: string, path: string): string | null {
  const between = withSlashes(relative(folder, path));
  return between === ".." || between.startsWith("../") || /^([a-z]:)?\//i.test(between) ? null : between;
}
