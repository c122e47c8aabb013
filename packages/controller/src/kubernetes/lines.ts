import { StringDecoder } from "node:string_decoder";

/** A watch event holds one object, and etcd takes none over 1.5 MiB. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** The lines of a stream of UTF-8, without their ends; an unfinished last line is dropped, for a watch can be cut anywhere. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let pending: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [first = "", ...rest] = decoder.write(chunk).split("\n");
    pending.push(first);
    length += first.length;
    if (length > LONGEST_LINE) throw new RangeError("a line of the watch is longer than 16 MiB");
    for (const next of rest) {
      const line = pending.join("");
      pending = [next];
      length = next.length;
      if (line !== "") yield line;
    }
  }
}
