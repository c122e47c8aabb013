import { PassThrough, Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { CommandError } from "../src/failure.ts";
import { type ProcessLike, processIo } from "../src/process-io.ts";

function ioOf(streams: Partial<ProcessLike>) {
  const rest = { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough(), env: {} };
  return processIo({ ...rest, cwd: () => "/", ...streams });
}

function failing(code: string): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error("no"), { code })) });
}

test("stdin is read to its end, as bytes", async () => {
  const { stdin } = ioOf({ stdin: Readable.from([Buffer.of(0xff), Buffer.of(0x00, 0xfe)]) });
  expect(Buffer.from(await stdin.read())).toEqual(Buffer.of(0xff, 0x00, 0xfe));
});

test("stdin is read piece by piece, as it comes in", async () => {
  const stdin = new PassThrough();
  const pieces = ioOf({ stdin }).stdin.chunks()[Symbol.asyncIterator]();
  stdin.write("a");
  expect((await pieces.next()).value).toEqual(Buffer.from("a"));
  stdin.end("b");
  expect((await pieces.next()).value).toEqual(Buffer.from("b"));
  expect((await pieces.next()).done).toBe(true);
});

test("stdin that breaks off is an unreadable input, not half of one", async () => {
  const stdin = new Readable({ read: () => undefined });
  stdin.destroy(Object.assign(new Error("no"), { code: "EIO" }));
  const failure = { code: "file_unreadable", path: "stdin", fault: "EIO" };
  await expect(ioOf({ stdin }).stdin.read()).rejects.toMatchObject({ failure });
  const pieces = ioOf({ stdin }).stdin.chunks()[Symbol.asyncIterator]();
  await expect(pieces.next()).rejects.toMatchObject({ failure });
});

test("a write resolves when the text is handed over", async () => {
  const stdout = new PassThrough();
  await ioOf({ stdout }).stdout.write("data\n");
  stdout.end();
  expect(await text(stdout)).toBe("data\n");
});

test("many writes leave nothing behind at the stream, which Node would warn of", async () => {
  const stdout = new PassThrough();
  const before = stdout.listenerCount("error");
  const io = ioOf({ stdout });
  for (let index = 0; index < 20; index += 1) await io.stdout.write("data\n");
  expect(stdout.listenerCount("error")).toBe(before);
});

test("a full disk is a failure, a closed pipe an end", async () => {
  const full = ioOf({ stdout: failing("ENOSPC") }).stdout.write("data\n");
  await expect(full).rejects.toMatchObject({ failure: { code: "output_failed", fault: "ENOSPC" } });
  const closed = ioOf({ stdout: failing("EPIPE") }).stdout.write("data\n");
  await expect(closed).rejects.toEqual(new CommandError({ code: "output_closed" }));
});

test("nobody is told that stderr cannot be written", async () => {
  await expect(ioOf({ stderr: failing("EPIPE") }).stderr.write("error: no\n")).resolves.toBeUndefined();
});
