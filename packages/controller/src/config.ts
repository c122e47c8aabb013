import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "./duration.ts";
import type { ListenAddress } from "./http-server.ts";

/** All that the flags and the environment decide, checked and frozen. */
export interface Config {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly allNamespaces: boolean;
  readonly additionalNamespaces: readonly string[];
  readonly labelSelector: string | undefined;
  readonly keyPrefix: string;
  readonly keySize: number;
  /** Milliseconds. */
  readonly keyTtl: number;
  readonly keyOrderPriority: "CertNotBefore" | "SecretCreationTimestamp";
  readonly myCn: string;
  readonly listenAddr: ListenAddress;
  readonly logFormat: "text" | "json";
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logInfoToStdout: boolean;
}

/** The exit code that Go's flag parsers use. */
const USAGE_ERROR = 2;

/** Text that is to be printed instead of running: help, the version, or what is wrong with a flag. */
export class NothingToRun extends Error {
  readonly exitCode: number;

  constructor(text: string, exitCode: number) {
    super(text);
    this.exitCode = exitCode;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the flags; each may stand in the environment as `SEALED_SECRETS_` and its name in capitals, and the flag wins.
 *
 * @param argv without the program's own name
 * @throws NothingToRun
 */
export function readConfig(argv: readonly string[], environment: Environment, version: string): Config {
  const printed: string[] = [];
  const command = flags(version).configureOutput({
    writeOut: (text) => printed.push(text),
    writeErr: (text) => printed.push(text),
  });
  try {
    const values = withEnvironment(command, environment)
      .parse([...argv], { from: "user" })
      .opts<Flags>();
    return Object.freeze(configOf(values));
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new NothingToRun(printed.join(""), error.exitCode === 0 ? 0 : USAGE_ERROR);
  }
}

interface Flags extends Omit<Config, "logInfoToStdout"> {
  readonly logInfoStdout: boolean;
}

function configOf({ logInfoStdout, ...flags }: Flags): Config {
  return { ...flags, logInfoToStdout: logInfoStdout };
}

function flags(version: string): Command {
  return new Command("sealwright-controller")
    .description("Unseals SealedSecrets into native Secrets. Runs in a Pod, or anywhere with --kubeconfig.")
    .exitOverride()
    .allowExcessArguments(false)
    .version(`controller version: ${version}`, "--version", "print the version and exit")
    .helpOption("-h, --help", "print this help and exit")
    .option("--kubeconfig <file>", "reach the API server as this file says, instead of as the Pod's ServiceAccount")
    .option("--context <name>", "the context of the kubeconfig to use")
    .addOption(boolean("--all-namespaces [bool]", "watch every namespace, or its own alone", true))
    .addOption(
      new Option("--additional-namespaces <names>", "watch its own namespace and these, separated by commas")
        .argParser(readNames)
        .default([], "none"),
    )
    .option("--label-selector <selector>", "look at the SealedSecrets that match it alone")
    .option("--key-prefix <prefix>", "generateName of new sealing keys", "sealed-secrets-key")
    .addOption(new Option("--key-size <bits>", "RSA bits of new sealing keys").argParser(readBits).default(4096))
    .addOption(
      new Option("--key-ttl <duration>", "how long the certificates of new sealing keys are valid")
        .argParser(readDuration)
        .default(87_600 * 3_600_000, "87600h"),
    )
    .addOption(
      new Option("--key-order-priority <order>", "what makes a sealing key the newest")
        .choices(["CertNotBefore", "SecretCreationTimestamp"])
        .default("CertNotBefore"),
    )
    .option("--my-cn <name>", "common name of new certificates", "")
    .addOption(
      new Option("--listen-addr <address>", "where HTTP is served: [HOST]:PORT")
        .argParser(readAddress)
        .default({ host: undefined, port: 8080 }, ":8080"),
    )
    .addOption(new Option("--log-format <format>", "text or json").choices(["text", "json"]).default("text"))
    .addOption(new Option("--log-level <level>", "debug, info, warn or error").argParser(readLevel).default("info"))
    .addOption(boolean("--log-info-stdout [bool]", "lines below warnings go to standard output", true))
    .addHelpText("after", "\nEach flag may stand in the environment instead: SEALED_SECRETS_KEY_SIZE for --key-size.");
}

/** `--x`, `--x=true` and `--x=false`, as Go's flags. */
function boolean(flag: string, description: string, value: boolean): Option {
  return new Option(flag, description).argParser(readBoolean).preset("true").default(value);
}

/** Done here and not by commander, which reads `process.env` alone. */
function withEnvironment(command: Command, environment: Environment): Command {
  for (const option of command.options) {
    const text = environment[variableOf(option)];
    if (text === undefined || option.name() === "version") continue;
    const value = option.parseArg === undefined ? text : parsed(option, text);
    command.setOptionValueWithSource(option.attributeName(), value, "env");
  }
  return command;
}

function variableOf(option: Option): string {
  return `SEALED_SECRETS_${option.name().toUpperCase().replace(/-/g, "_")}`;
}

function parsed(option: Option, text: string): unknown {
  try {
    return option.parseArg?.(text, undefined as never);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new NothingToRun(
      `error: ${variableOf(option)} is not valid for --${option.name()}: ${error.message}\n`,
      USAGE_ERROR,
    );
  }
}

function readBoolean(text: string): boolean {
  if (["1", "t", "true", "T", "True", "TRUE"].includes(text)) return true;
  if (["0", "f", "false", "F", "False", "FALSE"].includes(text)) return false;
  throw new InvalidArgumentError("it is true or false.");
}

function readNames(text: string): readonly string[] {
  return [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== "");
}

function readBits(text: string): number {
  const bits = Number(text);
  if (Number.isInteger(bits) && bits >= 2048 && bits <= 8192 && bits % 8 === 0) return bits;
  throw new InvalidArgumentError("it is 2048 to 8192, in steps of 8.");
}

function readDuration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== null && milliseconds > 0) return milliseconds;
  throw new InvalidArgumentError("it is a duration such as 720h0m0s.");
}

function readAddress(text: string): ListenAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new InvalidArgumentError("it is [HOST]:PORT.");
  return { host: bracketed ?? (plain === "" ? undefined : plain), port: Number(port) };
}

function readLevel(text: string): Config["logLevel"] {
  const level = (["debug", "info", "warn", "error"] as const).find((known) => known === text.toLowerCase());
  if (level === undefined) throw new InvalidArgumentError("it is debug, info, warn or error.");
  return level;
}
