import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { requirePeers } from "../../test/peers/binaries.ts";
import { sourceOf } from "../../test/programs/program.ts";
import type { Bench, Command, Contender } from "../bench.ts";
import { type Contestant, OURS, THEIRS } from "../controller/contestant.ts";
import { type Keys, keysFor, newestOf } from "../controller/inputs.ts";
import { withServingController } from "../controller/serving-controller.ts";
import { bareRsa } from "../core/commands.ts";
import { writeKeys } from "../core/inputs.ts";
import { measure, type Sample } from "../measure/stopwatch.ts";
import { Tree } from "./tree.ts";

const FILES = 200;
const ROUNDS = 3;

export const reseal: Bench = {
  summary:
    "A tree of SealedSecrets is moved to the newest sealing key: `sealwright reseal` as it is published, beside the Go project's `kubeseal --re-encrypt`, which takes a file at a time.",
  peers: ["kubeseal", "goController", "etcd", "kubeApiserver", "kubeControllerManager"],

  async prepare({ folder }) {
    const keys = await keysFor(2);
    const [, older] = keys.keys;
    if (older === undefined) throw new Error("no older key");
    const tree = await Tree.sealed(join(folder, "tree"), FILES, older);
    const files = writeKeys(folder, "reseal-keys", keys.pems);
    const withKeys = ["--key", files.pem, "--cert", files.certificate];
    return [
      {
        title: "Reseal a tree",
        about:
          "One file for each SealedSecret of 2 items, sealed to the older of two keys of 4096 bits. Each program that asks a controller asks that of its own project, through the API server, in a cluster on this machine, with no rate limit: its processor time is counted too, its memory is not. Before the clock starts, the tree is put back as it was.",
        unit: "file",
        sizes: [FILES],
        long: true,
        rounds: ROUNDS,
        contenders: {
          "Sealwright, private keys": {
            run: () => resealed(tree, keys, () => measure(ours([...withKeys, tree.folder]))),
          },
          "Sealwright, controller": throughController(OURS, { keys, tree, folder }, (kubeconfig) =>
            ours(["--through-controller", "--kubeconfig", kubeconfig, tree.folder]),
          ),
          "Go, in a loop": throughController(THEIRS, { keys, tree, folder }, (kubeconfig) => loop(tree, kubeconfig)),
          "bare RSA": {
            limit: "2 RSA decryptions a file by OpenSSL, on one core, and the start of Node",
            command: (size) => bareRsa("decrypt", 2 * size, files.pem),
          },
        },
        ratios: [
          { of: "Sealwright, controller", to: "Go, in a loop", by: "wall" },
          { of: "Sealwright, controller", to: "Go, in a loop", by: "cpu" },
          { of: "Sealwright, private keys", to: "Go, in a loop", by: "wall" },
          { of: "Sealwright, private keys", to: "Go, in a loop", by: "cpu" },
        ],
      },
    ];
  },
};

function ours(args: readonly string[]): Command {
  return { program: process.execPath, args: [sourceOf("packages/cli/dist/sealwright.cjs"), "reseal", ...args] };
}

/** As its users write it. */
const LOOP = `
kubeseal=$1 kubeconfig=$2
shift 2
for file in "$@"; do
  "$kubeseal" --kubeconfig "$kubeconfig" --re-encrypt -o yaml -f "$file" || exit 1
done
`;

function loop({ paths }: Tree, kubeconfig: string): Command {
  const { kubeseal } = requirePeers("kubeseal");
  return { program: "/bin/sh", args: ["-c", LOOP, "loop", kubeseal, kubeconfig, ...paths] };
}

interface Setting {
  readonly keys: Keys;
  readonly tree: Tree;
  readonly folder: string;
}

function throughController(
  contestant: Contestant,
  { keys, tree, folder }: Setting,
  commandOf: (kubeconfig: string) => Command,
): Contender {
  const kubeconfig = join(folder, "kubeconfig");
  const run = () =>
    withServingController(contestant, keys.pems, async ({ cluster, controller }) => {
      writeFileSync(kubeconfig, cluster.adminKubeconfig, { mode: 0o600 });
      return resealed(tree, keys, async () => {
        const before = controller.usage().cpu;
        const sample = await measure(commandOf(kubeconfig));
        const byController = controller.usage().cpu - before;
        return {
          ...sample,
          cpu: sample.cpu + byController,
          told: { "of it the controller's processor, s": byController },
        };
      });
    });
  return { run };
}

async function resealed(tree: Tree, keys: Keys, run: () => Promise<Sample>): Promise<Sample> {
  tree.reset();
  const sample = await run();
  await tree.assertSealedTo(newestOf(keys));
  return sample;
}
