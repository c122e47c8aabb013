import { openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { type Paint, painter } from "./colour.ts";
import type { Dialogue, Terminal } from "./dialogue.ts";
import { LineEditor, type LineEvent } from "./line-editor.ts";

const TERMINAL_DEVICE = "/dev/tty";
const PASTE_MARKS_ON = "\x1b[?2004h";
const PASTE_MARKS_OFF = "\x1b[?2004l";

/** What of a `process` leads to a terminal, where it does. */
export interface TerminalStreams {
  readonly stdin: unknown;
  readonly stderr: unknown;
  readonly env: Io["env"];
}

/** The terminal of a process: stdin and stderr where they are one, else the terminal that it was started from. */
export function processTerminal(streams: TerminalStreams): Pick<Terminal, "open"> {
  return {
    async open() {
      const own: { destroy(): unknown }[] = [];
      const input = streams.stdin instanceof ReadStream ? streams.stdin : openDevice((fd) => new ReadStream(fd), own);
      const output =
        streams.stderr instanceof WriteStream ? streams.stderr : openDevice((fd) => new WriteStream(fd), own);
      if (input !== null && output !== null) return new TerminalDialogue(input, output, { own, env: streams.env });
      for (const stream of own) stream.destroy();
      return null;
    },
  };
}

/** Null where the process was started from no terminal. */
function openDevice<T extends ReadStream | WriteStream>(streamOf: (fd: number) => T, own: unknown[]): T | null {
  try {
    const stream = streamOf(openSync(TERMINAL_DEVICE, "r+"));
    own.push(stream);
    return stream;
  } catch {
    return null;
  }
}

type LineEnd = Exclude<LineEvent, { event: "echo" }>;
type Answer = Exclude<LineEnd, { event: "interrupt" }>;

/**
 * From the first question until it is closed the terminal is in raw mode: nothing that is typed is shown but by this, not even between
 * two questions. If a signal ends the process, Node puts the terminal right.
 */
class TerminalDialogue implements Dialogue {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  /** Streams that nobody else uses. */
  readonly #own: readonly { destroy(): unknown }[];
  readonly paint: Paint;
  /** Typed before it was asked for. */
  #ahead = "";

  constructor(
    input: ReadStream,
    output: WriteStream,
    { own, env }: { readonly own: readonly { destroy(): unknown }[]; readonly env: Io["env"] },
  ) {
    this.#input = input;
    this.#output = output;
    this.#own = own;
    this.paint = painter({ isTerminal: true }, env);
  }

  say(text: string): Promise<void> {
    return new Promise((resolve) => this.#output.write(text, () => resolve()));
  }

  async ask(question: string): Promise<string | null> {
    const answer = await this.#read(question, (text) => this.#output.write(text));
    return answer.event === "line" ? answer.line : null;
  }

  async askHidden(question: string): Promise<string | null> {
    const asked = this.#read(question + PASTE_MARKS_ON, () => undefined);
    const answer = await asked.finally(() => this.say(PASTE_MARKS_OFF));
    if (answer.event !== "line") return null;
    if (answer.rest === "") return answer.line;
    // Whatever would be taken for the next answer, or be left to the shell, is a part of this one.
    this.#ahead = "";
    throw new CommandError({ code: "items", problem: { code: "answer_lines" } });
  }

  close(): void {
    this.#input.setRawMode(false);
    this.#input.pause();
    for (const stream of this.#own) stream.destroy();
  }

  async #read(question: string, echo: (text: string) => void): Promise<Answer> {
    const editor = new LineEditor();
    const decode = textDecoder();
    const take = (text: string) => {
      const events = editor.feed(text);
      for (const event of events) if (event.event === "echo") echo(event.text);
      return events.find((event) => event.event !== "echo") ?? null;
    };
    // Before the question is seen: an answer may come at once.
    this.#input.setRawMode(true);
    await this.say(question);
    try {
      const end = take(this.#ahead) ?? (await this.#untilEnd((bytes) => take(decode(bytes))));
      this.#ahead = end.rest;
      if (end.event === "interrupt") throw new CommandError({ code: "interrupted" });
      return end;
    } finally {
      await this.say("\n");
    }
  }

  /** Reads until something comes of it; a terminal that goes away is at its end. */
  #untilEnd(take: (bytes: Uint8Array) => LineEnd | null): Promise<LineEnd> {
    const input = this.#input;
    return new Promise((resolve, reject) => {
      const settle = (action: () => void) => {
        input.off("data", onData).off("end", onEnd).off("error", onEnd).pause();
        action();
      };
      const onEnd = () => settle(() => resolve({ event: "end", rest: "" }));
      const onData = (bytes: Uint8Array) => {
        try {
          const end = take(bytes);
          if (end !== null) settle(() => resolve(end));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      input.on("data", onData).on("end", onEnd).on("error", onEnd).resume();
    });
  }
}

/** A character that is cut between two reads waits for its end. */
function textDecoder(): (bytes: Uint8Array) => string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes, { stream: true });
    } catch {
      throw new CommandError({ code: "items", problem: { code: "answer_encoding" } });
    }
  };
}
