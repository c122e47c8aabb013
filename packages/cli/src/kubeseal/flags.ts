/** One flag of the Go project's `kubeseal`, v0.40. */
export interface GoFlag {
  readonly short?: string;
  readonly type: "bool" | "string";
  /** What the usage says; a flag without it is known, but not supported yet. */
  readonly help?: string;
  /** klog's flags are the only ones that `SEALED_SECRETS_*` does not set. */
  readonly fromEnvironment?: false;
}

const bool: GoFlag = { type: "bool" };
const string: GoFlag = { type: "string" };
const klogBool: GoFlag = { type: "bool", fromEnvironment: false };
const klogString: GoFlag = { type: "string", fromEnvironment: false };

/** By name, without the dashes. */
export const GO_FLAGS = {
  "allow-empty-data": { type: "bool", help: "seal a Secret that has no data" },
  cert: { type: "string", help: "certificate to seal with, a file or URL; overrides --controller-*" },
  context: { type: "string", help: "context of the kubeconfig" },
  "controller-name": { type: "string", help: 'the controller\'s Service (default "sealed-secrets-controller")' },
  "controller-namespace": { type: "string", help: 'the controller\'s namespace (default "kube-system")' },
  "fetch-cert": { type: "bool", help: "write the certificate to stdout" },
  format: { short: "o", type: "string", help: 'json or yaml (default "json")' },
  help: { type: "bool", help: "print this" },
  kubeconfig: { type: "string", help: "kubeconfig, instead of $KUBECONFIG or ~/.kube/config" },
  namespace: { short: "n", type: "string", help: "namespace of Secrets that name none" },
  scope: { type: "string", help: "strict, namespace-wide or cluster-wide; otherwise annotations decide" },
  "sealed-secret-file": { short: "w", type: "string", help: "output, instead of stdout" },
  "secret-file": { short: "f", type: "string", help: "input, instead of stdin" },
  version: { type: "bool", help: "print the version" },

  as: string,
  "as-group": string,
  "as-uid": string,
  "certificate-authority": string,
  "client-certificate": string,
  "client-key": string,
  cluster: string,
  "disable-compression": bool,
  "from-file": string,
  "insecure-skip-tls-verify": bool,
  "merge-into": string,
  name: string,
  password: string,
  "proxy-url": string,
  raw: bool,
  "re-encrypt": bool,
  "recovery-private-key": string,
  "recovery-unseal": bool,
  "request-timeout": string,
  rotate: bool,
  server: string,
  "tls-server-name": string,
  token: string,
  user: string,
  username: string,
  validate: bool,

  add_dir_header: klogBool,
  alsologtostderr: klogBool,
  alsologtostderrthreshold: klogString,
  legacy_stderr_threshold_behavior: klogBool,
  log_backtrace_at: klogString,
  log_dir: klogString,
  log_file: klogString,
  log_file_max_size: klogString,
  logtostderr: klogBool,
  one_output: klogBool,
  skip_headers: klogBool,
  skip_log_headers: klogBool,
  stderrthreshold: klogString,
  v: { ...klogString, short: "v" },
  vmodule: klogString,
} as const satisfies Readonly<Record<string, GoFlag>>;

export type GoFlagName = keyof typeof GO_FLAGS;

export function goFlag(name: string): GoFlag | undefined {
  return Object.hasOwn(GO_FLAGS, name) ? GO_FLAGS[name as GoFlagName] : undefined;
}

/** The supported flags, one a line, as the usage lists them. */
export function usageOf(program: string): string {
  const lines = Object.entries<GoFlag>(GO_FLAGS).flatMap(([name, { short, type, help }]) => {
    if (help === undefined) return [];
    const flag = `${short === undefined ? "    " : `-${short}, `}--${name}${type === "string" ? " string" : ""}`;
    return [`  ${flag.padEnd(36)}${help}`];
  });
  return `Usage of ${program}:\n${lines.join("\n")}\n`;
}
