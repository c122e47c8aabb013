import type { Command } from "../../packages/cli/src/command.ts";
import { COMMANDS } from "../../packages/cli/src/command-table.ts";
import { EXIT_CODE_MEANINGS, ExitCode } from "../../packages/cli/src/exit-codes.ts";
import type { Flag } from "../../packages/cli/src/flags.ts";
import { GO_FLAG_NAMES, goFlag } from "../../packages/cli/src/kubeseal/flags.ts";

/** What the reference says of one program or command, whatever it is printed as. */
export interface Page {
  /** What to type: `sealwright cert show`. */
  readonly command: string;
  readonly summary: string;
  readonly synopsis: string;
  readonly operand?: { readonly name: string; readonly help: string };
  readonly flags: readonly FlagEntry[];
  readonly examples: readonly string[];
  readonly exitCodes: readonly (readonly [code: number, meaning: string])[];
  /** Of other pages: their `command`. */
  readonly related: readonly string[];
}

export interface FlagEntry {
  /** `-w, --write FILE`. */
  readonly signature: string;
  /** With its default and its environment variable. */
  readonly help: string;
}

const HELP: FlagEntry = { signature: "-h, --help", help: "print this help" };
const EXIT_CODES = Object.entries(EXIT_CODE_MEANINGS).map(
  ([name, meaning]) => [ExitCode[name as keyof typeof ExitCode], meaning] as const,
);

/** What people type. */
const SHOWN = COMMANDS.filter(({ isHidden }) => isHidden !== true);

/** A page for each program and each command, in the order of the help. */
export function pages(): readonly Page[] {
  return [sealwrightPage(), ...SHOWN.map(commandPage), kubesealPage()];
}

function sealwrightPage(): Page {
  return {
    command: "sealwright",
    summary: "seals Kubernetes Secrets so that they are safe to keep in Git",
    synopsis: "sealwright COMMAND [FLAG...]",
    flags: [{ signature: "--version", help: "print the version" }, HELP],
    examples: [],
    exitCodes: EXIT_CODES,
    related: [...SHOWN.map(({ name }) => `sealwright ${name}`), "kubeseal"],
  };
}

function commandPage({ name, summary, operand, flags, examples = [] }: Command): Page {
  const [group] = name.split(" ");
  const siblings = SHOWN.filter((other) => other.name !== name && other.name.split(" ")[0] === group);
  return {
    command: `sealwright ${name}`,
    summary,
    synopsis: `sealwright ${name} [FLAG...]${operand === undefined ? "" : ` [${operand.name}...]`}`,
    ...(operand === undefined ? {} : { operand }),
    flags: [...Object.entries(flags).map(([flag, entry]) => flagEntry(flag, entry)), HELP],
    examples,
    exitCodes: EXIT_CODES,
    related: ["sealwright", ...siblings.map((other) => `sealwright ${other.name}`)],
  };
}

function flagEntry(name: string, { short, value, many, help, env, fallback }: Flag): FlagEntry {
  const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const notes = [
    ...(many === true ? ["may be given several times"] : []),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
    ...(env === undefined ? [] : [`environment: ${env}`]),
  ];
  return {
    signature: value === undefined ? names : `${names} ${value}`,
    help: notes.length === 0 ? help : `${help} (${notes.join("; ")})`,
  };
}

/** Without the flags that are taken but do nothing. */
function kubesealPage(): Page {
  const flags = GO_FLAG_NAMES.flatMap((name) => {
    const { short, value, help, fallback, fromEnvironment } = goFlag(name);
    if (help === undefined || fromEnvironment === false) return [];
    const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
    const note = fallback === undefined ? "" : ` (default: ${fallback.replaceAll('"', "")})`;
    return [{ signature: value === undefined ? names : `${names} ${value}`, help: help + note }];
  });
  return {
    command: "kubeseal",
    summary: "what the Go project's program of that name does, flag by flag",
    synopsis: "kubeseal [FLAG...]",
    flags,
    examples: ["kubeseal --cert cert.pem -f secret.yaml -w sealed.yaml", "kubeseal --fetch-cert > cert.pem"],
    exitCodes: [
      [ExitCode.ok, EXIT_CODE_MEANINGS.ok],
      [ExitCode.failure, "anything else"],
      [ExitCode.usage, EXIT_CODE_MEANINGS.usage],
    ],
    related: ["sealwright"],
  };
}
