import type { Readable, Writable } from "node:stream";
import { CommandError } from "./failure.ts";
import { faultOf } from "./fault.ts";
import { filesFrom } from "./files.ts";
import { holdInterrupt } from "./interruption.ts";
import type { Io, Output } from "./io.ts";
import { undoAtSignal } from "./undo-at-signal.ts";

/** What of a `process` is used. */
export interface ProcessLike {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Io["env"];
  cwd(): string;
}

/** The world of a real process. Touches no stream before a command does. */
export function processIo(process: ProcessLike): Io {
  return {
    stdin: {
      get isTerminal() {
        return process.stdin.isTTY === true;
      },
      read: () => read(process.stdin),
      chunks: () => piecesOf(process.stdin),
    },
    stdout: {
      get isTerminal() {
        return process.stdout.isTTY === true;
      },
      get columns() {
        return process.stdout.columns;
      },
      write: (text) => write(process.stdout, text),
    },
    stderr: {
      get isTerminal() {
        return process.stderr.isTTY === true;
      },
      get columns() {
        return process.stderr.columns;
      },
      // Nobody is left to be told that stderr is closed.
      write: (text) => write(process.stderr, text).catch(() => undefined),
    },
    env: process.env,
    clock: {
      now: () => new Date(),
      timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
      // Node's own promise of it would be loaded at every start.
      sleep: (milliseconds) => new Promise((resolve) => void setTimeout(resolve, milliseconds)),
    },
    files: filesFrom(process.cwd()),
    terminal: {
      open: async () => (await import("./terminal/process-terminal.ts")).processTerminal(process).open(),
      page: async (text) => process.stdout.isTTY === true && (await import("./terminal/pager.ts")).page(text, process),
    },
    holdInterrupt,
    undoAtSignal,
  };
}

async function read(stdin: Readable): Promise<Uint8Array> {
  const { buffer } = await import("node:stream/consumers");
  try {
    return await buffer(stdin);
  } catch (cause) {
    throw unreadable(cause);
  }
}

async function* piecesOf(stdin: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* stdin;
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): CommandError {
  return new CommandError({ code: "file_unreadable", path: "stdin", fault: faultOf(cause) }, { cause });
}

function write(stream: Writable, text: string): ReturnType<Output["write"]> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null) => {
      if (!error) {
        stream.removeListener("error", settle);
        return resolve();
      }
      const fault = faultOf(error);
      reject(new CommandError(fault === "EPIPE" ? { code: "output_closed" } : { code: "output_failed", fault }));
    };
    // Without a listener the stream's own error event would end the process.
    stream.once("error", settle);
    stream.write(text, settle);
  });
}
