import { CommanderError, Option, Command as Parser } from "commander";
import type { Command } from "./command.ts";
import { EXIT_CODE_MEANINGS, ExitCode, type ExitCodeName } from "./exit-codes.ts";
import { CommandError } from "./failure.ts";
import type { Flag, Flags, FlagValues } from "./flags.ts";
import type { Io } from "./io.ts";
import { SEAL } from "./seal-command.ts";
import { similarName } from "./similar-name.ts";
import { VERSION } from "./version.ts";

/** Columns, where a terminal has not fewer. */
const HELP_WIDTH = 120;

/** Parses the arguments and runs the command that they name. */
export async function runSealwright(args: readonly string[], io: Io): Promise<void> {
  const printed: string[] = [];
  const parser = parserOf(await commandsFor(args), io, (text) => printed.push(text));
  try {
    await parser.parseAsync(await withoutHelpCommand(args), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, args, await allCommands());
  }
  const text = printed.join("");
  if (text !== "" && !(await io.terminal.page(text))) await io.stdout.write(text);
}

/** Where a command is named, the parser is told of no other; and `seal`, which runs most often, does not even load another. */
async function commandsFor([word]: readonly string[]): Promise<readonly Command[]> {
  if (word === SEAL.name) return [SEAL];
  const commands = await allCommands();
  const named = commands.filter(({ name }) => name.split(" ")[0] === word);
  return named.length > 0 ? named : commands;
}

async function allCommands(): Promise<readonly Command[]> {
  return (await import("./command-table.ts")).COMMANDS;
}

function parserOf(commands: readonly Command[], io: Io, print: (text: string) => void): Parser {
  const parser = new Parser("sealwright")
    .description("Seals Kubernetes Secrets so that they are safe to keep in Git.")
    .version(`sealwright ${VERSION}`, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [COMMAND]", "print the help of a command")
    .addHelpText("after", exitCodeHelp())
    // A flag belongs to the command that it stands behind: cert has some of the flags of cert show.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: print,
      // What is wrong is thrown, and rendered with everything else that can be wrong.
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(io.stdout.columns || HELP_WIDTH, HELP_WIDTH),
      getOutHasColors: () => false,
    });
  for (const command of commands) addCommand(parser, command, io);
  return parser;
}

function addCommand(parser: Parser, command: Command, io: Io): void {
  const words = command.name.split(" ");
  const group = parser.commands.find((other) => words.length > 1 && other.name() === words[0]) ?? parser;
  const sub = group
    .command(words.at(-1) ?? "", { hidden: command.isHidden === true })
    .description(command.summary)
    .helpOption("-h, --help", "print this help");
  sub.helpCommand(false);
  if (command.operand !== undefined) sub.argument(`[${command.operand.name}...]`, command.operand.help);
  if (command.examples !== undefined) sub.addHelpText("after", exampleHelp(command.examples));
  const options = new Map(Object.entries(command.flags).map(([name, flag]) => [name, optionOf(name, flag)]));
  for (const option of options.values()) sub.addOption(option);
  sub.action((...[operands]: readonly unknown[]) => {
    const given = Array.isArray(operands) ? operands.map(String) : [];
    if (given.includes("")) throw usage("an argument is empty", hintOf(command.name));
    const parsed = sub.opts();
    const parsedFor = (flag: string): unknown => parsed[options.get(flag)?.attributeName() ?? flag];
    return command.run(given, valuesOf(command, parsedFor, io.env), io, (flag) => parsedFor(flag) !== undefined);
  });
}

function optionOf(name: string, { short, value, many, help, env, fallback }: Flag): Option {
  const notes = [
    ...(fallback === undefined ? [] : [` (default: ${fallback})`]),
    ...(env === undefined ? [] : [` [$${env}]`]),
  ];
  const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const option = new Option(value === undefined ? names : `${names} <${value}>`, `${help}${notes.join("")}`);
  if (many === true) option.argParser<readonly string[]>((each, before = []) => [...before, each]);
  return option;
}

/** A flag wins over the environment. Commander would read the process's own environment, and knows nothing of ours. */
function valuesOf(
  { name: command, flags }: Command,
  parsedFor: (flag: string) => unknown,
  env: Io["env"],
): FlagValues<Flags> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => {
      const value = parsedFor(name);
      if (flag.value === undefined) return [name, value === true];
      if (value === "" || (Array.isArray(value) && value.includes("")))
        throw usage(`--${name} needs a value`, hintOf(command));
      if (flag.many === true) return [name, Array.isArray(value) ? value.map(String) : []];
      const declared = flag.env === undefined ? undefined : env[flag.env] || undefined;
      return [name, typeof value === "string" ? value : (declared ?? flag.fallback)];
    }),
  );
}

/** Commander's sentences in our form. What may be a value is left out: an unknown flag's, and arguments that are too many. */
function usageError(
  { code, message }: CommanderError,
  args: readonly string[],
  commands: readonly Command[],
): CommandError {
  if (code === "commander.help") return usage("no command was given", hintOf());
  const [first = "", suggestion] = message.split("\n");
  const sentence = first
    .replace(/^error: /, "")
    .replace(/^(unknown option '(?:--[^=']*|-.)).*$/, "$1'")
    .replace(/^(too many arguments.*)\. Expected .*$/, "$1");
  if (code === "commander.excessArguments") {
    const similar = similarCommand(args, commands);
    if (similar !== null) return usage(sentence, `Did you mean ${similar}?`);
  }
  const known = [args.slice(0, 2).join(" "), args[0]].find((words) => commands.some(({ name }) => name === words));
  return usage(sentence, suggestion?.replace(/^\((.*)\)$/, "$1") ?? hintOf(known));
}

/** Commander's `help` knows of no commands within commands, and takes a slip of the finger for nothing at all. */
async function withoutHelpCommand(args: readonly string[]): Promise<readonly string[]> {
  const [first, ...words] = args;
  if (first !== "help" || words.some((word) => word.startsWith("-"))) return args;
  const name = words.join(" ");
  const names = (await allCommands()).map((command) => command.name);
  if (name === "" || names.includes(name)) return [...words, "--help"];
  const similar = similarName(name, names);
  throw usage(`unknown command '${name}'`, similar === null ? hintOf() : `Did you mean ${similar}?`);
}

/** Of commands within a command, the one that may have been meant. */
function similarCommand([group = "", word = ""]: readonly string[], commands: readonly Command[]): string | null {
  return similarName(
    `${group} ${word}`,
    commands.map(({ name }) => name).filter((name) => name.startsWith(`${group} `)),
  );
}

function usage(message: string, hint: string): CommandError {
  return new CommandError({ code: "usage", message, hint });
}

function hintOf(command?: string): string {
  return `sealwright ${command === undefined ? "" : `${command} `}--help shows what there is`;
}

function exampleHelp(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}`;
}

function exitCodeHelp(): string {
  const lines = Object.entries(EXIT_CODE_MEANINGS).map(
    ([name, meaning]) => `  ${ExitCode[name as ExitCodeName]}  ${meaning}`,
  );
  return `\nExit codes:\n${lines.join("\n")}`;
}
