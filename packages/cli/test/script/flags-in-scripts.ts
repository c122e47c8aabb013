import { CLUSTER_AND_CONTROLLER_FLAGS } from "../../src/cluster-flags.ts";
import { COMMANDS } from "../../src/command-table.ts";
import type { Flags } from "../../src/flags.ts";
import { GO_FLAG_NAMES, type GoFlag, goFlag } from "../../src/kubeseal/flags.ts";
import { parseScript } from "./script.ts";

/** A program or a command of it, and its flags: `sealwright cert show`, `kubeseal`. */
interface Command {
  readonly words: readonly string[];
  /** By long name: their letters, where they have one. */
  readonly flags: ReadonlyMap<string, string | undefined>;
}

/** They are the same for many commands: `connection-flags.test.ts` gives each of them to each. */
const CONNECTION: Flags = CLUSTER_AND_CONTROLLER_FLAGS;

const KUBESEAL: Command = {
  words: ["kubeseal"],
  flags: new Map(GO_FLAG_NAMES.map((name) => [name, (goFlag(name) as GoFlag).short])),
};

const SEALWRIGHT: readonly Command[] = COMMANDS.filter(({ isHidden }) => isHidden !== true).map(({ name, flags }) => {
  const own = Object.entries<Flags[string]>(flags).filter(([flag, value]) => value !== CONNECTION[flag]);
  const letters = own.map(([flag, { short }]) => [flag, short] as const);
  return { words: ["sealwright", ...name.split(" ")], flags: new Map(letters) };
});

/** `sealwright seal --beside`, for each flag of each command but those about the connection. */
export function allFlags(): readonly string[] {
  return [KUBESEAL, ...SEALWRIGHT].flatMap(({ words, flags }) => [...flags.keys()].map((flag) => shown(words, flag)));
}

/** Those of them that a script's runs give. */
export function flagsIn(script: string): readonly string[] {
  return parseScript(script).steps.flatMap(({ words: [verb, ...typed] }) => {
    const command = verb === "$" || verb === "%" ? commandOf(typed) : null;
    if (command === null) return [];
    return typed.flatMap((word) =>
      [...command.flags].filter((flag) => isOf(word, flag)).map(([name]) => shown(command.words, name)),
    );
  });
}

/** The one with the most words: `cert` is a command, too. */
function commandOf(typed: readonly string[]): Command | null {
  const fitting = [KUBESEAL, ...SEALWRIGHT].filter(({ words }) => words.every((word, index) => typed[index] === word));
  return fitting.toSorted((a, b) => b.words.length - a.words.length)[0] ?? null;
}

function isOf(word: string, [name, letter]: readonly [string, string | undefined]): boolean {
  const [flag] = word.split("=");
  return flag === `--${name}` || (letter !== undefined && flag === `-${letter}`);
}

function shown(words: readonly string[], flag: string): string {
  return `${words.join(" ")} --${flag}`;
}
