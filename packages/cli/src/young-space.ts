import process from "node:process";

/** Documents after which there is so much garbage that it matters; before, to ask V8 for anything would take longer than to go on. */
const MANY = 100;

/**
 * Called with each document of a stream: what is made for one is garbage with the next. V8 answers by giving new objects more and more room,
 * 32 MB in the end, so as to look through them less often. As hardly any of them are still in use by then, that saves no time; from a hundred
 * documents on, this room no longer grows. In other engines nothing changes.
 *
 * @param count how many there have been
 */
export function keepYoungSpace(count: number): void {
  if (count !== MANY || process.versions["bun"] !== undefined) return;
  process.getBuiltinModule("node:v8").setFlagsFromString("--semi-space-growth-factor=1");
}
