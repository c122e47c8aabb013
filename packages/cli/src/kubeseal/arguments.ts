import type { Io } from "../io.ts";
import { readCsv } from "./csv.ts";
import { GO_FLAG_NAMES, type GoFlag, type GoFlagName, goFlag } from "./flags.ts";

/** The arguments are not what Go's flag package would take. */
export class GoUsageError extends Error {}

/** What the arguments and the environment say. */
export class GoArguments {
  /** Whether there are arguments that are no flags. */
  readonly hasOperands: boolean;
  /** Whether `-h` asks for help, which is not a flag of its own. */
  readonly asksForHelp: boolean;
  readonly #values: ReadonlyMap<GoFlagName, readonly string[]>;
  /** The flags that were given by a name which is deprecated. */
  readonly deprecated: readonly GoFlagName[];

  constructor(parsed: {
    readonly values: ReadonlyMap<GoFlagName, readonly string[]>;
    readonly deprecated: readonly GoFlagName[];
    readonly hasOperands: boolean;
    readonly asksForHelp: boolean;
  }) {
    this.#values = parsed.values;
    this.deprecated = parsed.deprecated;
    this.hasOperands = parsed.hasOperands;
    this.asksForHelp = parsed.asksForHelp;
  }

  isSet(name: GoFlagName): boolean {
    return this.text(name) === "true";
  }

  /** An empty value says nothing. */
  text(name: GoFlagName): string | undefined {
    return this.#values.get(name)?.[0] || undefined;
  }

  list(name: GoFlagName): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}

/**
 * Parses as Go's pflag does: the last of a repeated flag counts, or all of them where it is a list; a boolean takes a value only after
 * `=`; `--` ends the flags. The environment's `SEALED_SECRETS_*` are defaults; one that its flag would not take is passed over.
 *
 * @throws GoUsageError; it never holds the value of a flag
 */
export function parseGoArguments(args: readonly string[], env: Io["env"]): GoArguments {
  const parser = new Parser(fromEnvironment(env));
  const rest = [...args];
  let hasOperands = false;
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === "--") hasOperands ||= rest.splice(0).length > 0;
    else if (argument.startsWith("--")) parser.takeLong(argument, rest);
    else if (argument.startsWith("-") && argument !== "-") parser.takeShort(argument, rest);
    else hasOperands = true;
    if (parser.asksForHelp) break;
  }
  const { values, deprecated, asksForHelp } = parser;
  return new GoArguments({ values, deprecated, hasOperands, asksForHelp });
}

const BY_NAME: ReadonlyMap<string, GoFlagName> = new Map(GO_FLAG_NAMES.map((name) => [name, name]));
const BY_LETTER: ReadonlyMap<string, GoFlagName> = new Map(
  GO_FLAG_NAMES.flatMap((name) => {
    const { short } = goFlag(name);
    return short === undefined ? [] : [[short, name]];
  }),
);

class Parser {
  readonly values: Map<GoFlagName, readonly string[]>;
  readonly deprecated: GoFlagName[] = [];
  asksForHelp = false;

  constructor(values: Map<GoFlagName, readonly string[]>) {
    this.values = values;
  }

  takeLong(argument: string, rest: string[]): void {
    const [, written = "", attached] = /^--([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (written === "" || written.startsWith("-")) throw new GoUsageError(`bad flag syntax: ${argument}`);
    const name = BY_NAME.get(written) ?? refuse(`unknown flag: --${written}`);
    const value = attached ?? (goFlag(name).type === "bool" ? "true" : rest.shift());
    this.#set(name, value ?? refuse(`flag needs an argument: --${name}`));
  }

  /** One letter with its value, if it has one; letters that take none can stand together, but the only one is `h`. */
  takeShort(argument: string, rest: string[]): void {
    const letter = argument.charAt(1);
    const name = BY_LETTER.get(letter);
    if (name === undefined && letter === "h") {
      this.asksForHelp = true;
      return;
    }
    if (name === undefined) throw new GoUsageError(`unknown shorthand flag: '${letter}' in -${letter}`);
    const attached = argument.slice(2).replace(/^=(?=.)/s, "") || rest.shift();
    this.#set(name, attached ?? refuse(`flag needs an argument: '${letter}' in -${letter}`));
  }

  #set(name: GoFlagName, text: string): void {
    const flag = goFlag(name);
    const read = readValue(flag, text);
    if (read === null) throw new GoUsageError(`invalid argument for "${nameOf(name)}" flag: ${expectationOf(flag)}`);
    if (flag.aliasOf !== undefined) this.deprecated.push(name);
    put(this.values, name, read);
  }
}

function fromEnvironment(env: Io["env"]): Map<GoFlagName, readonly string[]> {
  const values = new Map<GoFlagName, readonly string[]>();
  for (const name of GO_FLAG_NAMES) {
    const declared = env[`SEALED_SECRETS_${name.toUpperCase().replaceAll("-", "_")}`];
    if (declared === undefined || goFlag(name).fromEnvironment === false) continue;
    const read = readValue(goFlag(name), declared);
    if (read !== null) put(values, name, read);
  }
  return values;
}

function put(values: Map<GoFlagName, readonly string[]>, name: GoFlagName, read: readonly string[]): void {
  const { type, aliasOf } = goFlag(name);
  const target = BY_NAME.get(aliasOf ?? name) ?? name;
  const before = type === "list" || type === "csv" ? (values.get(target) ?? []) : [];
  values.set(target, [...before, ...read]);
}

const SCOPES = ["", "strict", "namespace-wide", "cluster-wide"];

/** Null where the flag does not take the text. */
function readValue({ type }: GoFlag, text: string): readonly string[] | null {
  switch (type) {
    case "bool": {
      const value = readBoolean(text);
      return value === null ? null : [value];
    }
    case "csv":
      return readCsv(text);
    case "scope":
      return SCOPES.includes(text) ? [text] : null;
    case "list":
    case "text":
      return [text];
  }
}

function expectationOf({ type }: GoFlag): string {
  switch (type) {
    case "bool":
      return "it takes true or false";
    case "scope":
      return "must be one of: strict, namespace-wide, cluster-wide";
    default:
      return "its quotes do not match";
  }
}

/** As Go's `strconv.ParseBool` reads it. */
function readBoolean(text: string): "true" | "false" | null {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(text)) return "true";
  if (["0", "f", "F", "false", "FALSE", "False"].includes(text)) return "false";
  return null;
}

function nameOf(name: GoFlagName): string {
  const { short } = goFlag(name);
  return short === undefined ? `--${name}` : `-${short}, --${name}`;
}

function refuse(message: string): never {
  throw new GoUsageError(message);
}
