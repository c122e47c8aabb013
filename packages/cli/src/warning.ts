import type { Io } from "./io.ts";

/** Tells of what is done although it may harm. Names come from outside, and a terminal obeys control characters. */
export function warn(sentence: string, io: Io): Promise<void> {
  return io.stderr.write(`warning: ${sentence.replace(/\p{C}/gu, "?")}\n`);
}
