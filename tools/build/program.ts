import type { Split } from "./parts.ts";

/** What all programs of the command line are. */
export const PROGRAM = "packages/cli/src/published/program.ts";

/** The less a start has to read, the sooner it is done: what the two ways to seal need, what asks a cluster, and everything else. */
export const SPLIT: Split = {
  parts: [
    {
      file: "program.cjs",
      roots: [PROGRAM, "packages/cli/src/kubeseal/kubeseal.ts", "packages/cli/src/kubeseal/seal.ts"],
      runsAtOnce: true,
    },
    {
      file: "seal.cjs",
      roots: ["packages/cli/src/sealwright.ts", "packages/cli/src/commands/seal.ts"],
      runsAtOnce: true,
    },
    {
      file: "cluster.cjs",
      roots: [
        "packages/cli/src/kubeconfig.ts",
        "packages/cli/src/controller-service.ts",
        "packages/cli/src/api-server.ts",
        "packages/cli/src/download.ts",
      ],
      // Many a sealing asks the kubeconfig for a namespace, and nobody over the network.
      runsAtOnce: false,
    },
    { file: "others.cjs", roots: [], runsAtOnce: false },
  ],
  lazy: [
    "packages/core/src/describe.ts",
    "packages/core/src/kubernetes-yaml/json-writer.ts",
    "packages/core/src/kubernetes-yaml/parse-documents.ts",
    "packages/cli/src/controller-service.ts",
    "packages/cli/src/download.ts",
    "packages/cli/src/in-cluster.ts",
    "packages/cli/src/kubeconfig.ts",
    "packages/cli/src/project/read-project.ts",
  ],
};
