import { CERTIFICATE_FLAGS, CONTROLLER_FLAGS, certificateRequest } from "./certificate-flags.ts";
import { command } from "./command.ts";
import { KEY_FILE_FLAGS, keyFiles } from "./key-file-flags.ts";

export const EXPLAIN = command({
  name: "explain",
  summary: "say what SealedSecrets are sealed for, to which key, and why a cluster refuses them",
  operand: { name: "FILE", help: "YAML or JSON with one SealedSecret or many; - is stdin, and so is none" },
  examples: [
    "sealwright explain db.sealed.yaml",
    "sealwright explain --cluster db.sealed.yaml          with what the cluster says of it",
    "sealwright explain --key backup.yaml db.sealed.yaml  with what the private keys tell",
  ],
  flags: {
    output: { short: "o", value: "FORMAT", fallback: "text", help: "text or json" },
    cert: { value: "FILE|URL", help: "certificate that it should be sealed to, instead of the project's" },
    ...KEY_FILE_FLAGS,
    cluster: { help: "ask the cluster for the object's status" },
    kubeconfig: CONTROLLER_FLAGS.kubeconfig,
    context: CONTROLLER_FLAGS.context,
  },
  async run(operands, flags, io, isGiven) {
    const { explain } = await import("./commands/explain.ts");
    const { kubeconfig, context } = flags;
    await explain(
      {
        inputs: operands.length === 0 ? ["-"] : operands,
        keys: keyFiles(flags),
        certificate: flags.cert,
        cluster:
          flags.cluster || isGiven("kubeconfig") || isGiven("context")
            ? { kubeconfig: { kubeconfig, context }, timeout: undefined }
            : null,
        form: flags.output,
      },
      io,
    );
  },
});

export const UNSEAL = command({
  name: "unseal",
  summary: "open SealedSecrets without a cluster, with private keys at hand",
  operand: { name: "FILE", help: "YAML or JSON with one SealedSecret or many; - is stdin, and so is none" },
  examples: [
    "sealwright unseal --key backup.yaml db.sealed.yaml                      the Secret, to stdout",
    "sealwright unseal --key key.pem -o env -w /tmp/db.env db.sealed.yaml    a .env file that its owner alone can read",
  ],
  flags: {
    ...KEY_FILE_FLAGS,
    output: { short: "o", value: "FORMAT", fallback: "yaml", help: "yaml, json or env" },
    write: { short: "w", value: "FILE", help: "file to make, for its owner alone, instead of stdout" },
    force: { help: "write the file also in a Git work tree" },
    "as-sealed": { help: "render no templates: the items are those that were sealed" },
  },
  async run(operands, flags, io) {
    const { unsealAll } = await import("./commands/unseal.ts");
    await unsealAll(
      {
        inputs: operands.length === 0 ? ["-"] : operands,
        keys: keyFiles(flags),
        format: flags.output,
        output: flags.write,
        force: flags.force,
        asSealed: flags["as-sealed"],
      },
      io,
    );
  },
});

export const RESEAL = command({
  name: "reseal",
  summary: "seal whole trees to another key, in place; to go on after it was stopped, run it again",
  operand: { name: "PATH", help: "files, folders and patterns of YAML or JSON; the folder here, unless told" },
  examples: [
    "sealwright reseal --key backup.yaml             to the project's certificate, or the newest of the keys",
    "sealwright reseal --key backup.yaml --cert new.pem apps/",
    "sealwright reseal --through-controller 'apps/**/*.sealed.yaml'",
  ],
  flags: {
    ...KEY_FILE_FLAGS,
    "through-controller": { help: "have the controller in the cluster do it, instead of private keys" },
    jobs: { short: "j", value: "NUMBER", help: "how many files at once, instead of as many as keep all cores busy" },
    "dry-run": { help: "write nothing, and say what would be done" },
    output: { short: "o", value: "FORMAT", fallback: "text", help: "of the report: text or json" },
    ...CERTIFICATE_FLAGS,
  },
  async run(operands, flags, io, isGiven) {
    const { resealTree } = await import("./commands/reseal.ts");
    await resealTree(
      {
        inputs: operands.length === 0 ? ["."] : operands,
        keys: keyFiles(flags),
        throughController: flags["through-controller"],
        certificate: certificateRequest(flags, isGiven),
        jobs: flags.jobs,
        isDryRun: flags["dry-run"],
        form: flags.output,
      },
      io,
    );
  },
});
