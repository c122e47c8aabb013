import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

const BLOCK = 65_536;

/** Works on every line of a file, so many at the same time, and writes a line for each, in order. As core-bench's `inBulk` does. */
export async function inBulk(
  input: string,
  output: string,
  callers: number,
  work: (line: string) => Promise<string>,
): Promise<void> {
  const lines = readFileSync(input, "utf8").split("\n").slice(0, -1);
  const file = openSync(output, "w");
  const results = new Map<number, string>();
  let [begun, written, pending] = [0, 0, ""];
  const flush = (block: number) => {
    for (let result = results.get(written); result !== undefined; result = results.get(written)) {
      results.delete(written++);
      pending += `${result}\n`;
    }
    if (pending.length < block) return;
    writeSync(file, pending);
    pending = "";
  };
  const caller = async () => {
    for (let place = begun++; place < lines.length; place = begun++) {
      results.set(place, await work(lines[place] ?? ""));
      flush(BLOCK);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  flush(0);
  closeSync(file);
}
