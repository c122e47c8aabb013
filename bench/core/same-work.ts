import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Command } from "../bench.ts";
import { measure } from "../measure/stopwatch.ts";

/** Throws unless both commands leave the same values, whose files are told: a program that does less would look fast. */
export async function assertSameValues(
  ours: { readonly command: Command; readonly output: string },
  theirs: { readonly command: Command; readonly output: string },
): Promise<void> {
  await measure(ours.command);
  await measure(theirs.command);
  const [first, second] = [valuesIn(ours.output), valuesIn(theirs.output)];
  if (first.length === 0 || !isDeepStrictEqual(first, second)) throw new Error("the programs did not do the same work");
}

/** The `data` of each Secret, or the line itself where it is no object. */
function valuesIn(file: string): readonly unknown[] {
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const document = JSON.parse(line) as unknown;
    return typeof document === "object" && document !== null && "data" in document ? document.data : document;
  });
}
