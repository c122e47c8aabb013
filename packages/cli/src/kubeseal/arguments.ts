import { parseArgs } from "node:util";
import type { Io } from "../io.ts";
import { GO_FLAGS, type GoFlag, type GoFlagName, goFlag } from "./flags.ts";

/** What the arguments and the environment say. */
export interface GoArguments {
  /** Booleans as `true` or `false`. */
  readonly flags: ReadonlyMap<GoFlagName, string>;
  readonly operands: number;
}

/** The arguments are not what Go's flag package would take. */
export class GoUsageError extends Error {}

/**
 * Parses as Go's pflag does: the last of a repeated flag counts, a boolean takes a value only after `=`, `-h` asks for help. The
 * environment's `SEALED_SECRETS_*` are defaults; one that its flag would not take is passed over.
 *
 * @throws GoUsageError
 */
export function parseGoArguments(args: readonly string[], env: Io["env"]): GoArguments {
  const flags = new Map(fromEnvironment(env));
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName } = token;
    if (rawName === "-h") flags.set("help", "true");
    else if (goFlag(name) === undefined) throw new GoUsageError(unknown(rawName));
    else flags.set(name as GoFlagName, readValue(token));
  }
  return { flags, operands: tokens.filter(({ kind }) => kind === "positional").length };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

const OPTIONS = Object.fromEntries(
  Object.entries<GoFlag>(GO_FLAGS).map(([name, { type, short }]) => [
    name,
    { type: type === "bool" ? ("boolean" as const) : ("string" as const), ...(short === undefined ? {} : { short }) },
  ]),
);

function unknown(rawName: string): string {
  return rawName.startsWith("--") ? `unknown flag: ${rawName}` : `unknown shorthand flag: ${rawName}`;
}

function readValue({ name, rawName, value }: OptionToken): string {
  const flag = goFlag(name);
  if (flag?.type === "bool") return readBoolean(value ?? "true") ?? refuse(`--${name} takes true or false`);
  if (value === undefined) return refuse(`flag needs an argument: ${rawName}`);
  const text = rawName.startsWith("--") ? value : value.replace(/^=/, "");
  return isAllowed(name, text) ? text : refuse(`--${name} must be one of: ${SCOPES.join(", ")}`);
}

function* fromEnvironment(env: Io["env"]): Generator<[GoFlagName, string]> {
  for (const [name, flag] of Object.entries<GoFlag>(GO_FLAGS)) {
    const declared = env[`SEALED_SECRETS_${name.toUpperCase().replaceAll("-", "_")}`];
    if (declared === undefined || flag.fromEnvironment === false) continue;
    const value = flag.type === "bool" ? readBoolean(declared) : declared;
    if (value !== null && isAllowed(name, value)) yield [name as GoFlagName, value];
  }
}

const SCOPES = ["strict", "namespace-wide", "cluster-wide"];

function isAllowed(name: string, value: string): boolean {
  return name !== "scope" || value === "" || SCOPES.includes(value);
}

/** As Go's `strconv.ParseBool` reads it. */
function readBoolean(text: string): "true" | "false" | null {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(text)) return "true";
  if (["0", "f", "F", "false", "FALSE", "False"].includes(text)) return "false";
  return null;
}

function refuse(message: string): never {
  throw new GoUsageError(message);
}
