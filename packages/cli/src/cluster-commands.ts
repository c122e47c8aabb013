import { CLUSTER_AND_CONTROLLER_FLAGS, CLUSTER_FLAGS, clusterRequest, controllerService } from "./cluster-flags.ts";
import { command } from "./command.ts";
import { CommandError } from "./failure.ts";
import { readListFormat, readTextFormat } from "./list-format.ts";

const OUTPUT_FLAG = { output: { short: "o", value: "FORMAT", fallback: "table", help: "table or json" } } as const;

const NAMESPACE_FLAG = {
  namespace: {
    short: "n",
    value: "NAMESPACE",
    env: "SEALED_SECRETS_NAMESPACE",
    help: "namespace, instead of the context's",
  },
} as const;

export const STATUS = command({
  name: "status",
  summary: "show which SealedSecrets of the cluster are not in sync, and why; exit code 1 where any are not",
  examples: [
    "sealwright status -A                    all namespaces",
    "sealwright status -A --watch            goes on until Ctrl-C",
    "sealwright status -l app=shop -o json   for programs",
  ],
  flags: {
    "all-namespaces": { short: "A", help: "in all namespaces" },
    selector: { short: "l", value: "SELECTOR", help: "only those with such labels" },
    watch: { short: "w", help: "go on, and print it anew whenever it changes" },
    ...OUTPUT_FLAG,
    ...NAMESPACE_FLAG,
    ...CLUSTER_FLAGS,
  },
  async run(_operands, flags, io, isGiven) {
    if (flags["all-namespaces"] && isGiven("namespace")) throw usage("-A and -n exclude each other", "status");
    const { showStatus } = await import("./commands/status.ts");
    await showStatus(
      {
        cluster: clusterRequest(flags, io),
        namespace: flags["all-namespaces"] ? null : flags.namespace,
        selector: flags.selector ?? "",
        format: readListFormat(flags.output),
        watch: flags.watch,
      },
      io,
    );
  },
});

export const DIFF = command({
  name: "diff",
  summary:
    "show what sealed files have otherwise than the cluster; exit code 1 where there is anything, more for errors",
  operand: { name: "PATH", help: "files, folders and patterns of YAML or JSON; - is stdin" },
  examples: ["sealwright diff db.sealed.yaml", "kustomize build . | sealwright diff -    what an apply would change"],
  flags: {
    output: { short: "o", value: "FORMAT", fallback: "text", help: "text or json" },
    namespace: { ...NAMESPACE_FLAG.namespace, help: "namespace of manifests that name none, instead of the context's" },
    ...CLUSTER_FLAGS,
  },
  async run(inputs, flags, io) {
    if (inputs.length === 0) throw usage("no file was named", "diff");
    const format = readTextFormat(flags.output);
    const { showDifferences } = await import("./commands/diff.ts");
    await showDifferences({ cluster: clusterRequest(flags, io), inputs, namespace: flags.namespace, format }, io);
  },
});

export const DOCTOR = command({
  name: "doctor",
  summary: "check the way to the controller from end to end, and say how to mend what is not right",
  flags: {
    output: { short: "o", value: "FORMAT", fallback: "text", help: "text or json" },
    cert: { value: "FILE|URL", env: "SEALED_SECRETS_CERT", help: "certificate that should be the controller's" },
    ...CLUSTER_AND_CONTROLLER_FLAGS,
  },
  async run(_operands, flags, io) {
    const format = readTextFormat(flags.output);
    const { examine } = await import("./commands/doctor.ts");
    const request = {
      cluster: clusterRequest(flags, io),
      controller: controllerService(flags),
      certificate: flags.cert,
      format,
    };
    await examine(request, io);
  },
});

function usage(message: string, command: string): CommandError {
  return new CommandError({ code: "usage", message, hint: `sealwright ${command} --help shows what there is` });
}
