import { Command, Option } from "commander";
import {
  readAddress,
  readBits,
  readBoolean,
  readDuration,
  readInteger,
  readKeyPrefix,
  readLeaseName,
  readLevel,
  readNames,
  readNumber,
  readPairs,
  readPatterns,
  readScopes,
  readSeconds,
  readShards,
  readSpan,
  readTime,
} from "./flag-values.ts";

/** The flags of Go's logging library: taken, so that nobody's manifest breaks, and named in a warning. */
const KLOG = [
  "-v, --v <level>",
  "--vmodule <pattern>",
  "--stderrthreshold <severity>",
  "--alsologtostderrthreshold <severity>",
  "--log_dir <folder>",
  "--log_file <file>",
  "--log_file_max_size <megabytes>",
  "--log_backtrace_at <place>",
];
const KLOG_BOOLEANS = [
  "logtostderr",
  "alsologtostderr",
  "one_output",
  "skip_headers",
  "skip_log_headers",
  "add_dir_header",
  "legacy_stderr_threshold_behavior",
];

const HOUR = 3_600_000;

/** Every flag of the Go controller, and ours. */
export function flags(version: string): Command {
  const command = new Command("sealwright-controller")
    .description("Unseals SealedSecrets into native Secrets. Runs in a Pod, or anywhere with --kubeconfig.")
    .exitOverride()
    .allowExcessArguments(false)
    .version(`controller version: ${version}`, "--version", "print the version and exit")
    .helpOption("-h, --help", "print this help and exit")
    .addHelpText("after", "\nEach flag may stand in the environment instead: SEALED_SECRETS_KEY_SIZE for --key-size.");
  const options = [...cluster(), ...keys(), ...unsealing(), ...policy(), ...replicas(), ...serving(), ...logging()];
  for (const option of options) command.addOption(option);
  return command;
}

function cluster(): Option[] {
  return [
    value("--kubeconfig <file>", "reach the API server as this file says, instead of as the Pod's ServiceAccount"),
    value("--context <name>", "the context of the kubeconfig to use"),
    boolean("--all-namespaces", "watch every namespace, or its own alone", true),
    value("--additional-namespaces <names>", "watch its own namespace and these, separated by commas")
      .argParser(readNames)
      .default([], "none"),
    value("--label-selector <selector>", "look at the SealedSecrets that match it alone"),
    value(
      "--kubeclient-qps <number>",
      "requests a second to the API server; no limit unless given, nor below 0",
    ).argParser(readNumber),
    value("--kubeclient-burst <number>", "requests to the API server at once, beyond --kubeclient-qps").argParser(
      readInteger(0),
    ),
  ];
}

function keys(): Option[] {
  return [
    value("--key-prefix <prefix>", "generateName of new sealing keys")
      .argParser(readKeyPrefix)
      .default("sealed-secrets-key"),
    value("--key-size <bits>", "RSA bits of new sealing keys").argParser(readBits).default(4096),
    value("--key-ttl <duration>", "how long the certificates of new sealing keys are valid")
      .argParser(readSpan)
      .default(87_600 * HOUR, "87600h"),
    value("--key-renew-period <duration>", "the age at which a new sealing key takes over; 0 for never")
      .argParser(readDuration)
      .default(720 * HOUR, "720h"),
    value("--rotate-period <duration>", "deprecated name of --key-renew-period").argParser(readDuration).hideHelp(),
    value(
      "--key-cutoff-time <time>",
      'make a new sealing key if the newest is older: "Mon, 14 Oct 2024 21:45:30 +0200"',
    )
      .argParser(readTime)
      .default(null, "none"),
    value("--key-order-priority <order>", "what makes a sealing key the newest")
      .choices(["CertNotBefore", "SecretCreationTimestamp"])
      .default("CertNotBefore"),
    value("--my-cn <name>", "common name of new certificates").default(""),
    value("--privatekey-annotations <pairs>", "annotations of new key Secrets: NAME=VALUE,NAME=VALUE")
      .argParser(readPairs)
      .default({}, "none"),
    value("--privatekey-labels <pairs>", "labels of new key Secrets: NAME=VALUE,NAME=VALUE")
      .argParser(readPairs)
      .default({}, "none"),
    boolean("--watch-for-secrets", "watch for sealing keys; done whatever it says", true),
  ];
}

function unsealing(): Option[] {
  return [
    boolean("--accept-deprecated-v1-data", "open spec.data, the format of before encryptedData", true),
    value(
      "--max-unseal-retries <number>",
      "give a SealedSecret up after so many; unless given, never what can heal",
    ).argParser(readInteger(-999_999_999)),
    boolean("--update-status", "write what came of a SealedSecret into its status", true),
    boolean("--kstatus-conditions", "conditions Ready, Stalled and Reconciling beside Synced", true),
    boolean("--skip-recreate", "do not watch Secrets: one that is deleted or changed stays so", false),
    boolean("--old-gc-behavior", "delete the Secret of a deleted SealedSecret itself; needs that permission", false),
    boolean("--keep-secrets", "every Secret outlives its SealedSecret, as if its template said so", false),
    boolean("--recreate-secrets", "delete and make anew what cannot be changed; needs that permission", false),
  ];
}

/** Without these, what Kubernetes lets the author of a SealedSecret ask for is made. */
function policy(): Option[] {
  return [
    value("--allow-types <patterns>", "make Secrets of these types alone: Opaque,kubernetes.io/*").argParser(
      readPatterns,
    ),
    value("--deny-types <patterns>", "make no Secrets of these types: kubernetes.io/service-account-token")
      .argParser(readPatterns)
      .default([], "none"),
    value("--allow-scopes <scopes>", "open SealedSecrets of these scopes alone: strict,namespace-wide").argParser(
      readScopes,
    ),
    value("--allow-labels <patterns>", "let a template have these labels alone: team,app.kubernetes.io/*").argParser(
      readPatterns,
    ),
    value("--allow-annotations <patterns>", "let a template have these annotations alone").argParser(readPatterns),
  ];
}

function replicas(): Option[] {
  return [
    boolean("--leader-elect", "share the work with other replicas by Leases; without, do all of it", true),
    value("--shards <number>", "into how many parts the work is divided, of which replicas take some each")
      .argParser(readShards)
      .default(1),
    value(
      "--lease-name <name>",
      "what the names of the Leases begin with; from the other flags unless given",
    ).argParser(readLeaseName),
    value("--lease-duration <duration>", "how long after its last sign of life a replica's work is left to it")
      .argParser(readSeconds)
      .default(12_000, "12s"),
    value("--renew-deadline <duration>", "how long after its last renewal a replica itself goes on")
      .argParser(readSpan)
      .default(8_000, "8s"),
    value("--retry-period <duration>", "how often Leases are looked at and renewed")
      .argParser(readSpan)
      .default(2_000, "2s"),
  ];
}

function serving(): Option[] {
  return [
    value("--listen-addr <address>", "where HTTP is served: [HOST]:PORT")
      .argParser(readAddress)
      .default({ host: undefined, port: 8080 }, ":8080"),
    value("--listen-metrics-addr <address>", "where metrics are served: [HOST]:PORT")
      .argParser(readAddress)
      .default({ host: undefined, port: 8081 }, ":8081"),
    value("--tls-cert-file <file>", "serve HTTPS with this certificate, in PEM; a change of it counts within seconds"),
    value("--tls-key-file <file>", "the key of --tls-cert-file, in PEM"),
    value("--read-timeout <duration>", "for a whole HTTP request; 0 for none")
      .argParser(readDuration)
      .default(120_000, "2m"),
    value("--write-timeout <duration>", "for the answer to it; 0 for none")
      .argParser(readDuration)
      .default(120_000, "2m"),
    value("--rate-limit <number>", "calls of verify and rotate a second, for each client")
      .argParser(readInteger(1))
      .default(2),
    value("--rate-limit-burst <number>", "calls of them at once beyond that").argParser(readInteger(0)).default(2),
    boolean("--metrics-omit-secret-labels", "no metric that names SealedSecrets", false),
  ];
}

function logging(): Option[] {
  return [
    value("--log-format <format>", "text or json").choices(["text", "json"]).default("text"),
    value("--log-level <level>", "debug, info, warn or error").argParser(readLevel).default("info"),
    boolean("--log-info-stdout", "lines below warnings go to standard output", true),
    value(
      "--audit-log <file>",
      "append a line of JSON for what is opened, written, refused or asked; - is standard output",
    ),
    value("--profile-dir <folder>", "have SIGUSR2 write there what takes the next 30 seconds; no profiles otherwise"),
    ...klogOptions(),
  ];
}

function klogOptions(): Option[] {
  const options = [
    ...KLOG.map((flag) => value(flag, "")),
    ...KLOG_BOOLEANS.map((name) => boolean(`--${name}`, "", false)),
  ];
  return options.map((option) => option.hideHelp());
}

/** The names of the flags that are taken and do nothing. */
export const WITHOUT_EFFECT: ReadonlySet<string> = new Set(klogOptions().map((option) => option.name()));

function value(flag: string, description: string): Option {
  return new Option(flag, description);
}

/** `--x`, `--x=true` and `--x=false`, as Go's flags. */
function boolean(flag: string, description: string, fallback: boolean): Option {
  return new Option(`${flag} [bool]`, description).argParser(readBoolean).preset("true").default(fallback);
}
