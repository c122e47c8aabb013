import type { KeyOrder } from "@sealwright/core";
import { type Command, CommanderError, InvalidArgumentError, type Option } from "commander";
import { flags, WITHOUT_EFFECT } from "./flags.ts";
import type { ListenAddress } from "./http/server.ts";
import type { TlsFiles } from "./http/tls.ts";
import type { Policy } from "./policy.ts";

/** All that the flags and the environment decide, checked and frozen. Durations in milliseconds. */
export interface Config {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly allNamespaces: boolean;
  readonly additionalNamespaces: readonly string[];
  readonly labelSelector: string | undefined;
  /** Requests a second to the API server, and how many at once; null for as many as it takes. */
  readonly requestRate: { readonly perSecond: number; readonly burst: number } | null;
  readonly keyPrefix: string;
  readonly keySize: number;
  readonly keyTtl: number;
  /** 0 for never. */
  readonly keyRenewPeriod: number;
  readonly keyCutoffTime: Date | null;
  readonly keyOrderPriority: KeyOrder;
  readonly myCn: string;
  readonly privatekeyAnnotations: Readonly<Record<string, string>>;
  readonly privatekeyLabels: Readonly<Record<string, string>>;
  readonly acceptDeprecatedV1Data: boolean;
  /** Null for no end. */
  readonly maxUnsealRetries: number | null;
  readonly updateStatus: boolean;
  readonly kstatusConditions: boolean;
  readonly skipRecreate: boolean;
  readonly oldGcBehavior: boolean;
  readonly keepSecrets: boolean;
  readonly recreateSecrets: boolean;
  readonly policy: Policy;
  readonly leaderElect: boolean;
  readonly shards: number;
  /** What the names of the Leases begin with; undefined where it follows from the other flags. */
  readonly leaseName: string | undefined;
  /** Whole seconds; more than `renewDeadline`, and that more than `retryPeriod`. */
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
  readonly listenAddr: ListenAddress;
  readonly listenMetricsAddr: ListenAddress;
  /** Null serves HTTP. */
  readonly tls: TlsFiles | null;
  /** 0 for none. */
  readonly readTimeout: number;
  /** 0 for none. */
  readonly writeTimeout: number;
  readonly rateLimit: number;
  readonly rateLimitBurst: number;
  readonly metricsOmitSecretLabels: boolean;
  readonly logFormat: "text" | "json";
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logInfoToStdout: boolean;
  /** Undefined where SIGUSR2 is to do nothing. */
  readonly profileDir: string | undefined;
  /** A file, or `-` for standard output. */
  readonly auditLog: string | undefined;
  /** What is to be said of the flags once there is a log. */
  readonly warnings: readonly string[];
}

/** The exit code that Go's flag parsers use. */
const USAGE_ERROR = 2;

/** What Go's client does where a flag says nothing, or 0. */
const GO_CLIENT = { perSecond: 5, burst: 10 };

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
    withEnvironment(command, environment).parse([...argv], { from: "user" });
    return Object.freeze(configOf(command));
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new NothingToRun(printed.join(""), error.exitCode === 0 ? 0 : USAGE_ERROR);
  }
}

interface Flags
  extends Omit<
      Config,
      "keyRenewPeriod" | "logInfoToStdout" | "maxUnsealRetries" | "policy" | "requestRate" | "tls" | "warnings"
    >,
    Partial<Policy> {
  readonly keyRenewPeriod: number;
  readonly rotatePeriod?: number;
  readonly kubeclientQps?: number;
  readonly kubeclientBurst?: number;
  readonly logInfoStdout: boolean;
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  readonly maxUnsealRetries?: number;
}

function configOf(command: Command): Config {
  const {
    keyCutoffTime,
    keyRenewPeriod,
    rotatePeriod,
    kubeclientQps,
    kubeclientBurst,
    logInfoStdout,
    maxUnsealRetries,
    allowTypes = null,
    denyTypes = [],
    allowScopes = null,
    allowLabels = null,
    allowAnnotations = null,
    tlsCertFile,
    tlsKeyFile,
    ...rest
  } = command.opts<Flags>();
  checkLeases(rest);
  return {
    ...rest,
    policy: { allowTypes, denyTypes, allowScopes, allowLabels, allowAnnotations },
    tls: tlsOf(tlsCertFile, tlsKeyFile),
    keyRenewPeriod: isGiven(command, "keyRenewPeriod") ? keyRenewPeriod : (rotatePeriod ?? keyRenewPeriod),
    // Commander makes an empty text of what is parsed to null.
    keyCutoffTime: keyCutoffTime || null,
    requestRate: requestRateOf(kubeclientQps, kubeclientBurst),
    maxUnsealRetries: maxUnsealRetries === undefined ? null : Math.max(0, maxUnsealRetries),
    logInfoToStdout: logInfoStdout,
    warnings: warningsOf(command),
  };
}

/** An empty text is none: that is what templates of manifests leave. */
function tlsOf(certFile = "", keyFile = ""): TlsFiles | null {
  if ((certFile === "") !== (keyFile === "")) {
    throw new NothingToRun("error: --tls-cert-file and --tls-key-file go together\n", USAGE_ERROR);
  }
  return certFile === "" ? null : { certFile, keyFile };
}

type LeaseFlags = Pick<Config, "leaderElect" | "shards" | "leaseDuration" | "renewDeadline" | "retryPeriod">;

/** As client-go has it: a holder must have tried twice before he gives up, and have given up before another may take over. */
function checkLeases({ leaderElect, shards, leaseDuration, renewDeadline, retryPeriod }: LeaseFlags): void {
  if (!leaderElect && shards > 1) throw usageError("--shards needs --leader-elect: each replica would do all the work");
  if (leaseDuration <= renewDeadline) throw usageError("--lease-duration must be more than --renew-deadline");
  if (renewDeadline < 2 * retryPeriod)
    throw usageError("--renew-deadline must be twice the --retry-period at the least");
}

function usageError(message: string): NothingToRun {
  return new NothingToRun(`error: ${message}\n`, USAGE_ERROR);
}

/** As Go's client reads them, but for what it does where neither is given. */
function requestRateOf(perSecond: number | undefined, burst: number | undefined): Config["requestRate"] {
  if (perSecond === undefined && burst === undefined) return null;
  if (perSecond !== undefined && perSecond < 0) return null;
  return { perSecond: perSecond || GO_CLIENT.perSecond, burst: burst || GO_CLIENT.burst };
}

function warningsOf(command: Command): readonly string[] {
  const given = command.options.filter((option) => isGiven(command, option.attributeName()));
  return given.flatMap((option) => {
    if (option.name() === "rotate-period") return ["--rotate-period is deprecated: --key-renew-period is its name"];
    return WITHOUT_EFFECT.has(option.name()) ? [`--${option.name()} is taken and has no effect`] : [];
  });
}

function isGiven(command: Command, attribute: string): boolean {
  return ["cli", "env"].includes(command.getOptionValueSource(attribute) ?? "");
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
