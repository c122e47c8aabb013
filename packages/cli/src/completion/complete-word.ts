import type { Command } from "../command.ts";
import type { Flag } from "../flags.ts";
import type { Io } from "../io.ts";
import { type Asked, FILES, type Source, sourceOfFlag, sourceOfOperand, valuesOf } from "./sources.ts";

/** A command line up to the cursor, without the program's name. */
export interface Line {
  readonly before: readonly string[];
  /** As far as it is typed. */
  readonly word: string;
}

/** Something that the word may become. */
interface Candidate {
  readonly value: string;
  readonly help: string;
}

/**
 * What the last word of a line may become, a line each: the word and, after a tab, what it is. The line `:files` stands for the files that
 * the shell finds. Nothing ever fails: where nothing is known, nothing is said.
 */
export async function completeWord(commands: readonly Command[], line: Line, io: Io): Promise<string> {
  const known = commands.filter(({ isHidden }) => isHidden !== true);
  const candidates = await candidatesFor(known, line, io);
  if (candidates === FILES) return ":files\n";
  return candidates
    .filter(({ value }) => value.startsWith(line.word) && isHarmless(value))
    .map(({ value, help }) => `${value}\t${help}\n`)
    .join("");
}

async function candidatesFor(
  commands: readonly Command[],
  { before, word }: Line,
  io: Io,
): Promise<readonly Candidate[] | typeof FILES> {
  const [first, second] = before;
  if (first === undefined) return [...namesIn(commands, null), HELP_COMMAND, ...(word.startsWith("-") ? OPTIONS : [])];
  if (first === HELP_COMMAND.value) return before.length === 1 ? namesIn(commands, null) : [];
  const command =
    commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first);
  if (command === undefined) return [];
  const rest = before.slice(command.name.split(" ").length);
  const read = readWords(rest, command);
  if (read.open !== null) return valuesFor(sourceOfFlag(command, read.open), { ...read, word, prefix: "" }, io);
  const [, attached, typed = ""] = /^--([^=]+)=(.*)$/s.exec(word) ?? [];
  if (attached !== undefined && !read.isEnded) {
    return valuesFor(sourceOfFlag(command, attached), { ...read, word: typed, prefix: `--${attached}=` }, io);
  }
  if (word.startsWith("-") && !read.isEnded) return flagsOf(command, read.given);
  const inGroup = rest.length === 0 ? namesIn(commands, command.name) : [];
  const operands = await valuesFor(sourceOfOperand(command, read.operands.length), { ...read, word, prefix: "" }, io);
  return operands === FILES && inGroup.length === 0 ? FILES : [...inGroup, ...(operands === FILES ? [] : operands)];
}

const HELP_COMMAND = { value: "help", help: "print the help of a command" };
const HELP_OPTION = { value: "--help", help: "print the help" };
const OPTIONS: readonly Candidate[] = [HELP_OPTION, { value: "--version", help: "print the version" }];

/** Commands by their last word: those of a group, or those that stand alone. */
function namesIn(commands: readonly Command[], group: string | null): readonly Candidate[] {
  return commands.flatMap(({ name, summary }) => {
    const [first = "", second] = name.split(" ");
    if (group === null) return second === undefined ? [{ value: first, help: summary }] : [];
    return first === group && second !== undefined ? [{ value: second, help: summary }] : [];
  });
}

interface ReadWords extends Asked {
  /** A flag that stands last and has no value yet. */
  readonly open: string | null;
  readonly given: ReadonlySet<string>;
  /** Whether `--` has ended the flags. */
  readonly isEnded: boolean;
}

function readWords(words: readonly string[], { flags }: Command): ReadWords {
  const operands: string[] = [];
  const values = new Map<string, string>();
  const given = new Set<string>();
  let open: string | null = null;
  let isEnded = false;
  for (const word of words) {
    if (open !== null) {
      values.set(open, word);
      open = null;
    } else if (isEnded || !word.startsWith("-") || word === "-") {
      operands.push(word);
    } else if (word === "--") {
      isEnded = true;
    } else {
      const [written = "", ...attached] = word.split("=");
      const name = nameOf(written, flags);
      given.add(name);
      if (attached.length > 0) values.set(name, attached.join("="));
      else if (flags[name]?.value !== undefined) open = name;
    }
  }
  return { operands, values, given, open, isEnded };
}

/** By its long name or its letter. */
function nameOf(written: string, flags: Readonly<Record<string, Flag>>): string {
  if (written.startsWith("--")) return written.slice(2);
  const letter = written.charAt(1);
  return Object.entries(flags).find(([, flag]) => flag.short === letter)?.[0] ?? letter;
}

function flagsOf({ flags }: Command, given: ReadonlySet<string>): readonly Candidate[] {
  const open = Object.entries(flags).filter(([name, flag]) => flag.many === true || !given.has(name));
  return [...open.map(([name, { help }]) => ({ value: `--${name}`, help })), HELP_OPTION];
}

async function valuesFor(
  source: Source,
  { prefix, ...asked }: Asked & { readonly word: string; readonly prefix: string },
  io: Io,
): Promise<readonly Candidate[] | typeof FILES> {
  if (source === FILES) return FILES;
  const values = await valuesOf(source, asked, io);
  return values.map((value) => ({ value: prefix + value, help: "" }));
}

/** Names come from kubeconfigs, clusters and manifests, and shells put them on the command line as they are. */
function isHarmless(value: string): boolean {
  return /^[A-Za-z0-9][\w.@:/+=-]*$|^--?[\w.@:/+=-]+$/.test(value);
}
