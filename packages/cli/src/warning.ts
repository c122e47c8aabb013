import type { Io } from "./io.ts";
import { painter, paintLabels } from "./terminal/colour.ts";

/** Tells of what is done although it may harm. Names come from outside, and a terminal obeys control characters. */
export function warn(sentence: string, io: Io): Promise<void> {
  const line = `warning: ${sentence.replace(/\p{C}/gu, "?")}\n`;
  return io.stderr.write(paintLabels(line, painter(io.stderr, io.env)));
}
