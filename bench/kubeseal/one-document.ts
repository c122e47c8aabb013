import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SealingKeyPem } from "@sealwright/core";
import type { BenchContext, Contender, RatioWanted, Series } from "../bench.ts";
import { OURS } from "../controller/contestant.ts";
import { withServingController } from "../controller/serving-controller.ts";
import { theirs as bareSealing } from "../core/commands.ts";
import { secrets, writeSizes } from "../core/inputs.ts";
import { manifests } from "./manifests.ts";
import { executable, ours, sealwright, theirs } from "./programs.ts";
import type { KeyFiles } from "./seal-file.ts";

/** Such a run is over in a moment, and whatever else the machine does shows. */
const ROUNDS = 31;
export const NODE = "node -e 0";
const SEALWRIGHT = "sealwright seal";
/** At most 1.58 times the time of one, and 1.5 times of the other, as speeds. */
export const FLOOR_BESIDE_NODE = Number((1 / 1.58).toFixed(3));
const FLOOR_OF_EXECUTABLE = Number((1 / 1.5).toFixed(3));

type Context = Pick<BenchContext, "folder" | "executable">;

/** What a person waits for who seals one Secret, and has the certificate. */
export function oneDocument(context: Context, keys: KeyFiles): Series {
  const file = writeInputs(context);
  const { contenders, ...rest } = common(context, keys, (output) => {
    return ["--cert", keys.certificate, "-f", file, "-o", "yaml", "-w", output];
  });
  const sealed = join(context.folder, "one-document-sealwright.yaml");
  const again = ["seal", "--cert", keys.certificate, "-w", sealed, file];
  return {
    ...rest,
    contenders: { ...contenders, [SEALWRIGHT]: sealwright(join(context.folder, "cache"), () => again) },
    title: "One document, offline",
    about:
      "From the start of the program to its end: one document of 2 items, a certificate in a file. Beside the start of Node, at most 1.58 times its time is asked of the program on it, which is 0.633 times its speed; the executable may take 1.5 times as long as the Go one, which is 0.667. `sealwright seal` looks at what it sealed before, and leaves it as it is.",
    ratios: [
      { of: "Sealwright", to: NODE, by: "wall", floor: FLOOR_BESIDE_NODE },
      { of: SEALWRIGHT, to: NODE, by: "wall" },
      { of: "Sealwright", to: "Go", by: "wall" },
      ...ofExecutable(context, { floor: FLOOR_OF_EXECUTABLE }),
    ],
  };
}

/** The same, for who asks the controller in the cluster for the certificate. */
export function oneDocumentThroughCluster(context: Context, keys: KeyFiles, pem: SealingKeyPem): Series {
  const file = writeInputs(context);
  const kubeconfig = join(context.folder, "kubeconfig");
  return {
    ...common(context, keys, (output) => ["--kubeconfig", kubeconfig, "-f", file, "-o", "yaml", "-w", output]),
    title: "One document, through the cluster",
    about:
      "The same, but that the certificate is fetched from the controller, through the API server's service proxy. All of them ask the same controller, ours, in the same cluster on this machine.",
    ratios: [{ of: "Sealwright", to: "Go", by: "wall" }, ...ofExecutable(context)],
    within: (measure) =>
      withServingController(OURS, [pem], async ({ cluster }) => {
        writeFileSync(kubeconfig, cluster.adminKubeconfig, { mode: 0o600 });
        return measure();
      }),
  };
}

/** What is the same in both, and in the order of the report. */
function common(context: Context, keys: KeyFiles, args: (output: string) => readonly string[]) {
  const lines = writeSizes(context.folder, "one-line", secrets(1), [1]);
  const output = (name: string) => join(context.folder, `one-document-${name}`);
  const contenders: Readonly<Record<string, Contender>> = {
    Sealwright: ours(() => args(output("ours.yaml"))),
    ...executable(context, () => args(output("executable.yaml"))),
    Go: theirs(() => args(output("theirs.yaml"))),
    [NODE]: { command: () => ({ program: process.execPath, args: ["-e", "0"] }) },
    "bare sealing": {
      limit:
        "a program in Go that seals one line of JSON with the Go project's library, the certificate at hand: no YAML, no flags, no Node",
      command: (size) => bareSealing(["seal", keys.certificate, lines(size), output("bare.jsonl")]),
    },
  };
  return { unit: "document", sizes: [1], rounds: ROUNDS, contenders };
}

function writeInputs({ folder }: Context): string {
  const file = join(folder, "one-document.yaml");
  writeFileSync(file, manifests(1), { mode: 0o600 });
  return file;
}

function ofExecutable({ executable: built }: Context, asked: Pick<RatioWanted, "floor"> = {}): readonly RatioWanted[] {
  return built === null ? [] : [{ of: "Sealwright, executable", to: "Go", by: "wall", ...asked }];
}
