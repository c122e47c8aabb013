import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { lossyOutput } from "../src/output.ts";

const LINE = `${"x".repeat(1023)}\n`;

test("a disk without room is no error, and what is written meanwhile is bounded", async () => {
  const full = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("no space left"), { code: "ENOSPC" })),
  });
  const failed = new Promise((resolve) => full.on("close", resolve));
  const output = lossyOutput(full);
  output.write(LINE);
  await failed;
  for (let line = 0; line < 5_000; line += 1) output.write(LINE);
  expect(full.writableLength).toBeLessThan(1.1 * 1024 * 1024);
});

test("for a reader who has stopped a megabyte waits, and the rest is lost", () => {
  const stuck = new Writable({ write: () => {} });
  const output = lossyOutput(stuck);
  const taken = Array.from({ length: 5_000 }, () => output.write(LINE)).filter(Boolean);
  expect(taken).toHaveLength(1025);
  expect(stuck.writableLength).toBeLessThan(1.1 * 1024 * 1024);
});

test("one who reads again gets lines again", () => {
  const resume: (() => void)[] = [];
  const slow = new Writable({ write: (_chunk, _encoding, done) => void resume.push(done), decodeStrings: false });
  const output = lossyOutput(slow);
  while (output.write(LINE)) {
    // Until it takes no more.
  }
  while (resume.length > 0 && slow.writableLength > 0) resume.shift()?.();
  expect(output.write(LINE)).toBe(true);
});
