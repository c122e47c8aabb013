import { expect, test } from "vitest";
import { filesFrom } from "../src/files.ts";
import { holdInterrupt } from "../src/interruption.ts";
import { main } from "../src/main.ts";
import { undoAtSignal } from "../src/undo-at-signal.ts";

test("an error that nobody foresaw is told without its message, which could quote an input", async () => {
  const written: string[] = [];
  const output = { write: async (text: string) => void written.push(text) };
  const broken = () => {
    throw new TypeError("cannot read hunter2");
  };
  const exit = await main(["sealwright", "seal", "--cert", "cert.pem"], {
    stdin: { isTerminal: false, read: broken, chunks: broken },
    stdout: output,
    stderr: output,
    env: {},
    clock: { now: () => new Date(), timeout: () => new AbortController().signal, sleep: async () => undefined },
    files: filesFrom("."),
    terminal: { open: async () => null, page: async () => false },
    holdInterrupt,
    undoAtSignal,
  });
  expect(exit).toBe(1);
  expect(written.join("")).toBe(
    "error: this should not have happened (TypeError)\nhint: it is a mistake in this program: please report what you ran\n",
  );
});
