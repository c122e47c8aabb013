import type { Writable } from "node:stream";

/** Bytes that wait for whoever reads: a reader who is slow catches up, and for one who has stopped they end here. */
const MOST_WAITING = 1024 * 1024;

/** Where lines are written without ever waiting for them. */
export interface Output {
  /** Whether the text was taken; it is lost otherwise. */
  write(text: string): boolean;
}

/**
 * An output that can fail without harm. Whoever keeps the log may run out of disk, go, or stop reading: then lines are lost, and neither
 * the process nor its memory with them.
 */
export function lossyOutput(stream: Writable): Output {
  stream.on("error", () => {});
  return {
    write(text) {
      if (stream.writableLength > MOST_WAITING) return false;
      stream.write(text);
      return true;
    },
  };
}
