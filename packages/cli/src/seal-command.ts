import { CERTIFICATE_FLAGS, certificateRequest } from "./certificate-flags.ts";
import { command } from "./command.ts";

export const SEAL = command({
  name: "seal",
  summary: "turn Secrets into SealedSecrets, which are safe to keep in Git",
  operand: {
    name: "PATH",
    help: "files, folders and patterns of YAML or JSON; - is stdin, and so is none. Of a folder: *.secret.yaml, or as .sealwright.yaml says",
  },
  examples: [
    "sealwright seal --beside db.secret.yaml        writes db.sealed.yaml beside it",
    "sealwright seal .                              the whole project, each file beside its own",
    "sealwright seal --to sealed/ 'apps/**/*.yaml'  into another folder",
    "kustomize build . | sealwright seal            everything but the Secrets comes through untouched",
  ],
  flags: {
    scope: {
      value: "SCOPE",
      env: "SEALED_SECRETS_SCOPE",
      help: "strict, namespace-wide or cluster-wide, instead of what the project or the Secret's annotations say",
    },
    namespace: {
      short: "n",
      value: "NAMESPACE",
      env: "SEALED_SECRETS_NAMESPACE",
      help: "namespace of Secrets that name none, instead of the project's or the context's",
    },
    output: { short: "o", value: "FORMAT", help: "yaml or json; where absent, as the output's name ends, else yaml" },
    write: { short: "w", value: "FILE", help: "one file to replace for all of it, instead of stdout" },
    beside: { help: "a file beside each input: db.secret.yaml and db.yaml become db.sealed.yaml. What a folder gets" },
    to: { value: "FOLDER", help: "a file for each input, in that folder" },
    "in-place": { help: "replace each input, plaintext and all" },
    remove: { help: "delete each input, which is plaintext, when its output is in place" },
    fresh: { help: "seal every item anew, also those that did not change" },
    "allow-empty-data": { help: "seal a Secret that has no data" },
    ...CERTIFICATE_FLAGS,
  },
  async run(operands, flags, io, isGiven) {
    const { sealSecrets } = await import("./commands/seal.ts");
    await sealSecrets(
      {
        inputs: operands.length === 0 ? ["-"] : operands,
        write: flags.write,
        beside: flags.beside,
        to: flags.to,
        inPlace: flags["in-place"],
        remove: flags.remove,
        fresh: flags.fresh,
        format: flags.output,
        scope: flags.scope,
        namespace: flags.namespace,
        allowEmptyData: flags["allow-empty-data"],
        certificate: certificateRequest(flags, isGiven),
        overrules: { scope: isGiven("scope"), namespace: isGiven("namespace") },
      },
      io,
    );
  },
});
