import type { CertificateRequest } from "./certificate-source.ts";
import type { Flags, FlagValues } from "./flags.ts";
import type { Io } from "./io.ts";

/** One command of `sealwright`. */
export interface Command<F extends Flags = Flags> {
  readonly name: string;
  readonly summary: string;
  /** What it takes beside flags, any number of times. */
  readonly operand?: { readonly name: string; readonly help: string };
  readonly flags: F;
  /** Loads what it needs, and nothing else: the other commands and the help cost nothing. */
  run(operands: readonly string[], flags: FlagValues<F>, io: Io): Promise<void>;
}

const CERTIFICATE_FLAGS = {
  cert: {
    value: "FILE|URL",
    env: "SEALED_SECRETS_CERT",
    help: "certificate, instead of asking the controller in the cluster",
  },
  "controller-name": {
    value: "NAME",
    env: "SEALED_SECRETS_CONTROLLER_NAME",
    fallback: "sealed-secrets-controller",
    help: "the controller's Service",
  },
  "controller-namespace": {
    value: "NAMESPACE",
    env: "SEALED_SECRETS_CONTROLLER_NAMESPACE",
    fallback: "kube-system",
    help: "the controller's namespace",
  },
  kubeconfig: { value: "FILE", help: "kubeconfig, instead of $KUBECONFIG or ~/.kube/config" },
  context: { value: "NAME", help: "context of the kubeconfig, instead of its current one" },
} as const satisfies Flags;

const OUTPUT_FLAG = { write: { short: "w", value: "FILE", help: "file to replace, instead of stdout" } } as const;

const SEAL = command({
  name: "seal",
  summary: "turn Secrets into SealedSecrets, which are safe to keep in Git",
  operand: {
    name: "FILE",
    help: "YAML or JSON of one Secret or many; - is stdin, and so is none",
  },
  flags: {
    scope: {
      value: "SCOPE",
      env: "SEALED_SECRETS_SCOPE",
      help: "strict, namespace-wide or cluster-wide, instead of what the Secret's annotations say",
    },
    namespace: {
      short: "n",
      value: "NAMESPACE",
      env: "SEALED_SECRETS_NAMESPACE",
      help: "namespace of Secrets that name none, instead of the context's",
    },
    output: { short: "o", value: "FORMAT", fallback: "yaml", help: "yaml or json" },
    ...OUTPUT_FLAG,
    "allow-empty-data": { help: "seal a Secret that has no data" },
    ...CERTIFICATE_FLAGS,
  },
  async run(operands, flags, io) {
    const { sealSecrets } = await import("./commands/seal.ts");
    await sealSecrets(
      {
        inputs: operands.length === 0 ? ["-"] : operands,
        output: flags.write,
        format: flags.output,
        scope: flags.scope,
        namespace: flags.namespace,
        allowEmptyData: flags["allow-empty-data"],
        certificate: certificateRequest(flags),
        dialect: {
          firstSeparator: false,
          clusterWideStaysBare: false,
          unchecked: false,
          lastNamespace: "default",
          terminalNotice: "waiting for a Secret's manifest on stdin; Ctrl-D ends it",
        },
      },
      io,
    );
  },
});

const CERT = command({
  name: "cert",
  summary: "print the certificate that seals, as PEM",
  flags: { ...OUTPUT_FLAG, ...CERTIFICATE_FLAGS },
  async run(_operands, flags, io) {
    const { writeCertificate } = await import("./commands/cert.ts");
    await writeCertificate({ certificate: certificateRequest(flags), output: flags.write }, io);
  },
});

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [SEAL, CERT];

/** Lets `run` know the flags by their names. */
function command<F extends Flags>(entry: Command<F>): Command<F> {
  return entry;
}

function certificateRequest(flags: FlagValues<typeof CERTIFICATE_FLAGS>): CertificateRequest {
  return {
    location: flags.cert,
    controller: { name: flags["controller-name"], namespace: flags["controller-namespace"] },
    cluster: { kubeconfig: flags.kubeconfig, context: flags.context },
  };
}
