import type { Bench, Series } from "../bench.ts";
import { convergeAndRestart } from "../controller/converge.ts";
import { keysFor } from "../controller/inputs.ts";
import { writeKeys } from "../core/inputs.ts";
import { installPrograms } from "../core/published-core.ts";
import { seal } from "../core/seal.ts";
import { unseal } from "../core/unseal.ts";
import { FLOOR_BESIDE_NODE, NODE, oneDocument } from "../kubeseal/one-document.ts";
import { FLOOR_OF_FILE, SIZE_OF_FLOOR, sealFile } from "../kubeseal/seal-file.ts";

/** What `controller` asks of the clock with 3,000; a few hundred hold more of the start, and so less is asked. */
const SIZE = 300;
const FLOORS = { converge: 1.2, restart: 4 };

export const quick: Bench = {
  summary: "Whether anything has become slow beside the Go project.",
  peers: ["coreBench", "kubeseal", "goController", "etcd", "kubeApiserver", "kubeControllerManager"],
  judged: true,

  async prepare(context) {
    const { folder } = context;
    installPrograms(folder, ["in-bulk", "seal", "unseal"]);
    const keys = await keysFor(1);
    const files = writeKeys(folder, "kubeseal-key", keys.pems);
    return [
      only(await seal(folder, keys.pems), {
        sizes: [0, 1_000],
        of: "Sealwright, one core",
        to: "Go, one core",
        floor: 1.8,
      }),
      only(await unseal(folder, keys.pems), { sizes: [0, 100], of: "Sealwright", to: "Go", floor: 1.4 }),
      only(oneDocument(context, files), {
        sizes: [1],
        of: "Sealwright",
        to: NODE,
        floor: FLOOR_BESIDE_NODE,
        by: "wall",
      }),
      only(sealFile(folder, files), {
        sizes: [SIZE_OF_FLOOR],
        of: "Sealwright",
        to: "Go",
        floor: FLOOR_OF_FILE,
        by: "wall",
      }),
      ...(await convergeAndRestart(folder, keys, { sizes: [SIZE], floors: FLOORS })).map(judgeable),
    ];
  },
};

interface Part {
  readonly sizes: readonly number[];
  readonly of: string;
  readonly to: string;
  readonly floor: number;
  readonly by?: "cpu" | "wall";
}

/** Two programs of a longer series, at a few of its sizes. */
function only(series: Series, { sizes, of, to, floor, by = "cpu" }: Part): Series {
  const contenders = Object.entries(series.contenders).filter(([name]) => name === of || name === to);
  return { ...series, sizes, contenders: Object.fromEntries(contenders), ratios: [{ of, to, by, floor }] };
}

/** Without limits, and without bounds on time, which say more of the machine than of us; what is counted and must be 0 stays. */
function judgeable(series: Series): Series {
  const isBare = ({ limit, clockLimit }: Series["contenders"][string]) =>
    limit !== undefined || clockLimit !== undefined;
  const contenders = Object.entries(series.contenders).filter(([, contender]) => !isBare(contender));
  const bounds = (series.bounds ?? []).filter(({ most }) => most === 0);
  return { ...series, contenders: Object.fromEntries(contenders), bounds };
}
