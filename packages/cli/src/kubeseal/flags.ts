/** One flag of the Go project's `kubeseal`, v0.40. */
export interface GoFlag {
  readonly short?: string;
  readonly type: "bool" | "text" | "list" | "csv" | "scope";
  /** What stands for its value in the usage. */
  readonly value?: string;
  /** What the usage says; a flag without it is deprecated, works, and is not listed. */
  readonly help?: string;
  /** Its value where nobody gives one, as the usage shows it. */
  readonly fallback?: string;
  /** The flag that it is another name of. */
  readonly aliasOf?: string;
  /** klog's flags are the only ones that `SEALED_SECRETS_*` does not set. */
  readonly fromEnvironment?: false;
}

/** By name, without the dashes; in the order of the usage. */
export const GO_FLAGS = {
  add_dir_header: klog("bool"),
  "allow-empty-data": bool("seal a Secret or a value that is empty"),
  alsologtostderr: klog("bool"),
  alsologtostderrthreshold: klog("severity"),
  as: text("user to act as in the cluster"),
  "as-group": { type: "list", value: "stringArray", help: "group to act as in the cluster; may be repeated" },
  "as-uid": text("UID to act as in the cluster"),
  cert: text("certificate to seal with, a file or URL; overrides --controller-*"),
  "certificate-authority": text("file with the authority that signed the API server's certificate"),
  "client-certificate": text("file with the certificate that authenticates to the API server"),
  "client-key": text("file with the key of --client-certificate"),
  cluster: text("cluster of the kubeconfig, instead of the context's"),
  context: text("context of the kubeconfig, instead of its current one"),
  "controller-name": text("the controller's Service", '"sealed-secrets-controller"'),
  "controller-namespace": text("the controller's namespace", '"kube-system"'),
  "disable-compression": bool("ask the API server for answers that are not compressed"),
  "fetch-cert": bool("write the certificate to stdout, for --cert"),
  format: { ...text("json or yaml; a file of -w that ends in .yaml is yaml", '"json"'), short: "o" },
  "from-file": { type: "csv", value: "strings", help: "with --raw: [KEY=]FILE with the value, instead of stdin" },
  help: bool("print this"),
  "insecure-skip-tls-verify": bool("trust any certificate of the API server: whoever is in between reads along"),
  kubeconfig: text("kubeconfig, instead of $KUBECONFIG or ~/.kube/config"),
  legacy_stderr_threshold_behavior: klog("bool"),
  log_backtrace_at: klog("traceLocation"),
  log_dir: klog("string"),
  log_file: klog("string"),
  log_file_max_size: klog("uint"),
  logtostderr: klog("bool"),
  "merge-into": text("SealedSecret file to put the input's items into, in place"),
  name: text("the Secret's name, instead of the input's; --raw with scope strict needs it"),
  namespace: { ...text("namespace of Secrets that name none, instead of the context's"), short: "n" },
  one_output: klog("bool"),
  password: text("password that authenticates to the API server"),
  "proxy-url": text("proxy on the way to the API server"),
  raw: bool("seal one value, from --from-file or stdin, to base64 on stdout"),
  "re-encrypt": bool("have the controller seal to its newest key again; with -f alone that file is replaced"),
  "recovery-private-key": {
    type: "csv",
    value: "strings",
    help: "with --recovery-unseal: file with private keys, as PEM or as the Secrets of a backup; may be repeated",
  },
  "recovery-unseal": bool("open a SealedSecret without a cluster"),
  "request-timeout": text("how long one answer of the API server may take: 30s, 2m, 0 for ever", '"30s"'),
  rotate: { type: "bool", aliasOf: "re-encrypt" },
  scope: {
    type: "scope",
    value: "string",
    help: "strict, namespace-wide or cluster-wide; unless given, the Secret's annotations decide",
    fallback: '"strict"',
  },
  "sealed-secret-file": { ...text("output, instead of stdout"), short: "w" },
  "secret-file": { ...text("input, instead of stdin"), short: "f" },
  server: text("URL of the API server"),
  skip_headers: klog("bool"),
  skip_log_headers: klog("bool"),
  stderrthreshold: klog("severity"),
  "tls-server-name": text("name to expect in the API server's certificate, instead of its URL's host"),
  token: text("bearer token that authenticates to the API server"),
  user: text("user of the kubeconfig, instead of the context's"),
  username: text("user name that authenticates to the API server"),
  v: { ...klog("Level"), short: "v" },
  validate: bool("ask the controller whether it can open the SealedSecrets"),
  version: bool("print the version"),
  vmodule: klog("moduleSpec"),
} as const satisfies Readonly<Record<string, GoFlag>>;

export type GoFlagName = keyof typeof GO_FLAGS;

export const GO_FLAG_NAMES = Object.keys(GO_FLAGS) as readonly GoFlagName[];

export function goFlag(name: GoFlagName): GoFlag {
  return GO_FLAGS[name];
}

/** The flags, one a line. */
export function flagList(): string {
  const rows = GO_FLAG_NAMES.flatMap((name) => {
    const { help } = goFlag(name);
    return help === undefined ? [] : [{ flag: signatureOf(name), help: help + fallbackNote(name) }];
  });
  const width = Math.max(...rows.map(({ flag }) => flag.length)) + 3;
  return rows.map(({ flag, help }) => `${flag.padEnd(width)}${help}\n`).join("");
}

function signatureOf(name: GoFlagName): string {
  const { short, value } = goFlag(name);
  return `  ${short === undefined ? "   " : `-${short},`} --${name}${value === undefined ? "" : ` ${value}`}`;
}

function fallbackNote(name: GoFlagName): string {
  const { fallback } = goFlag(name);
  return fallback === undefined ? "" : ` (default ${fallback})`;
}

function bool(help: string): GoFlag {
  return { type: "bool", help };
}

function text(help: string, fallback?: string): GoFlag {
  return { type: "text", value: "string", help, ...(fallback === undefined ? {} : { fallback }) };
}

function klog(value: string): GoFlag {
  const help = "about logging: accepted, without effect";
  return value === "bool"
    ? { type: "bool", help, fromEnvironment: false }
    : { type: "text", value, help, fromEnvironment: false };
}
