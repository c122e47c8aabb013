import { CERTIFICATE_FLAGS, certificateRequest } from "./certificate-flags.ts";
import { type Command, command } from "./command.ts";
import { CREATE, EDIT, RENAME, RM, SET } from "./item-commands.ts";

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
export const COMMANDS: readonly Command[] = [SEAL, CREATE, SET, RM, RENAME, EDIT, CERT];
