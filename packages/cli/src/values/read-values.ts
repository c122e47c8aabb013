import { assertItemName } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import type { ItemProblem } from "../items/problem.ts";
import type { Dialogue } from "../terminal/dialogue.ts";
import { warn } from "../warning.ts";
import { readEnvironmentFile } from "./environment-file.ts";
import { generateValue } from "./generated-value.ts";
import type { ValueSource } from "./value-source.ts";

export interface ReadOptions {
  readonly allowEmpty: boolean;
  /** Ask for each value twice. */
  readonly confirm: boolean;
  /** Leave out one line end at the end of a value from stdin or a file. */
  readonly chomp: boolean;
  /** What to ask for, without a colon; where absent, the item's value. */
  readonly questionFor?: (item: string) => string;
}

/**
 * The values by item, as bytes and in the order of their sources. Nothing is added to a value, and nothing is cut off unless it was asked
 * for. Questions come last, when all else is at hand.
 *
 * @throws CommandError `items`, `interrupted`, and those of reading a file; SealwrightError `invalid_item_name`
 */
export async function readValues(
  sources: readonly ValueSource[],
  options: ReadOptions,
  io: Io,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (sources.filter(({ from }) => from === "stdin").length > 1) throw refusal({ code: "stdin_twice" });
  for (const source of sources) if ("item" in source) assertItemName(source.item);
  const values = new Map<string, Uint8Array | null>();
  for (const source of sources) {
    for (const [item, value] of await valuesOf(source, options, io)) {
      if (values.has(item)) throw refusal({ code: "item_twice", item });
      values.set(item, value);
    }
  }
  const asked = [...values].filter(([, value]) => value === null).map(([item]) => item);
  const answers = asked.length === 0 ? new Map<string, Uint8Array>() : await answersFor(asked, options, io);
  const known = new Map([...values].map(([item, value]) => [item, value ?? answers.get(item) ?? new Uint8Array()]));
  for (const [item, value] of known) {
    if (value.length === 0 && !options.allowEmpty) throw refusal({ code: "value_empty", item });
  }
  return known;
}

/** Asks for one value. @throws CommandError `items`, `interrupted` */
export async function askValue(
  item: string,
  { confirm, questionFor = (name) => `Value of ${name}` }: ReadOptions,
  dialogue: Dialogue,
): Promise<Uint8Array> {
  const answer = await dialogue.askHidden(`${questionFor(item)}: `);
  if (answer === null) throw refusal({ code: "answer_absent", item });
  if (confirm && (await dialogue.askHidden(`${questionFor(item)}, once more: `)) !== answer) {
    throw refusal({ code: "answers_differ", item });
  }
  return Buffer.from(answer);
}

/** Null is to be asked for. */
async function valuesOf(
  source: ValueSource,
  options: ReadOptions,
  io: Io,
): Promise<readonly (readonly [string, Uint8Array | null])[]> {
  switch (source.from) {
    case "prompt":
      return [[source.item, null]];
    case "stdin":
      return [[source.item, await fromStdin(source.item, options, io)]];
    case "file":
      return [[source.item, chomped(await io.files.read(source.path), options)]];
    case "argument":
      if (!source.isPublic) await warnOfArgument(source.item, io);
      return [[source.item, Buffer.from(source.value)]];
    case "generator":
      return [[source.item, generateValue(source)]];
    case "environment file": {
      const pairs = readEnvironmentFile(await io.files.read(source.path), source.path, io.env);
      return pairs.map(([item, value]) => [item, Buffer.from(value)]);
    }
  }
}

/** Other people's processes see the arguments of this one, and the shell keeps them. */
export function warnOfArgument(what: string, io: Io): Promise<void> {
  return warn(`${what} is an argument: the shell's history and other users of this machine can see it`, io);
}

/** Bytes for bytes; but somebody who types `echo` may not know what it adds. */
async function fromStdin(item: string, options: ReadOptions, io: Io): Promise<Uint8Array> {
  if (io.stdin.isTerminal) await io.stderr.write(`waiting for the value of ${item} on stdin; Ctrl-D ends it\n`);
  const value = await io.stdin.read();
  if (!options.chomp && value.indexOf(0x0a) !== -1 && value.indexOf(0x0a) === value.length - 1) {
    await warn(`the value of ${item} ends in a line end, which is sealed with it; --chomp leaves it out`, io);
  }
  return chomped(value, options);
}

function chomped(value: Uint8Array, { chomp }: ReadOptions): Uint8Array {
  if (!chomp || value.at(-1) !== 0x0a) return value;
  return value.subarray(0, value.at(-2) === 0x0d ? -2 : -1);
}

async function answersFor(items: readonly string[], options: ReadOptions, io: Io): Promise<Map<string, Uint8Array>> {
  const dialogue = await io.terminal.open();
  if (dialogue === null) throw refusal({ code: "terminal_absent", item: items[0] ?? "" });
  const answers = new Map<string, Uint8Array>();
  try {
    for (const item of items) answers.set(item, await askValue(item, options, dialogue));
  } finally {
    dialogue.close();
  }
  return answers;
}

function refusal(problem: ItemProblem): CommandError {
  return new CommandError({ code: "items", problem });
}
