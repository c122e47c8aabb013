import { join } from "node:path";
import type { Contender, RatioWanted, Series } from "../bench.ts";
import { bareRsa } from "../core/commands.ts";
import { writeKeys } from "../core/inputs.ts";
import type { Sample } from "../measure/stopwatch.ts";
import { bareWrites } from "./bare-writes.ts";
import { type Contestant, OURS, THEIRS } from "./contestant.ts";
import { backlogOf, freshOnes, type Keys } from "./inputs.ts";
import { liveThrough } from "./life.ts";

const FRESH = 40;
const NO_LIMIT = ["--kubeclient-qps=-1"];
const SIZE_WITH_DEFAULTS = 300;
/** By how much memory may grow where it may, as a part of the Go one's: 1.4 times is 0.71 of it. */
const MEMORY_FLOORS: Readonly<Record<number, number>> = { 3000: 0.71, 20000: 1.25 };

/** As people install them. Go's client keeps itself to 5 requests a second; ours has no such limit. */
export async function convergeWithDefaults(folder: string, keys: Keys): Promise<Series> {
  const backlog = await backlogOf(SIZE_WITH_DEFAULTS, keys);
  const contender = (contestant: Contestant): Contender => ({
    run: async () => (await liveThrough({ contestant, keys: keys.pems.slice(0, 1), args: [], backlog })).converged,
  });
  return {
    title: "Converge with default flags",
    about:
      "SealedSecrets of 2 items, in 50 namespaces, are there; then the controller starts. The clock stops when all Secrets exist; processor time and memory are those of the whole life of the process, until it has nothing more to do. Go's client keeps itself to 5 requests a second.",
    unit: "SealedSecret",
    sizes: [SIZE_WITH_DEFAULTS],
    long: true,
    contenders: {
      Sealwright: contender(OURS),
      Go: contender(THEIRS),
      ...limits(folder, keys, backlog),
    },
    ratios: [
      { of: "Sealwright", to: "Go", by: "wall", floor: 60 },
      { of: "Sealwright", to: "Go", by: "cpu" },
    ],
  };
}

/** What is asked of the clock, in terms of the Go one's. */
export interface Floors {
  readonly converge: number;
  readonly restart: number;
}

/** Go's limits are off. The second series is of the same processes' second life, and is measured with the first. */
export async function convergeAndRestart(
  folder: string,
  keys: Keys,
  { size, floors = { converge: 3.3, restart: 30 } }: { readonly size: number; readonly floors?: Floors },
): Promise<readonly Series[]> {
  const backlog = await backlogOf(size, keys);
  const fresh = await freshOnes(FRESH, keys);
  const second = new Map<Contestant, Sample[]>([
    [OURS, []],
    [THEIRS, []],
  ]);
  const live = async (contestant: Contestant) => {
    const options = { contestant, keys: keys.pems.slice(0, 1), args: NO_LIMIT, backlog, fresh, restarted: true };
    const { converged, restarted } = await liveThrough(options);
    if (restarted !== null) second.get(contestant)?.push(restarted);
    return converged;
  };
  const first = (contestant: Contestant): Contender => ({ run: () => live(contestant) });
  const then = (contestant: Contestant): Contender => ({
    run: async () => {
      const samples = second.get(contestant) ?? [];
      // Measured alone, it has a first life of its own.
      if (samples.length === 0) await live(contestant);
      const sample = samples.shift();
      if (sample === undefined) throw new Error("the controller was not started again");
      return sample;
    },
  });
  const memory = MEMORY_FLOORS[size];
  const ratios: readonly RatioWanted[] = [
    { of: "Sealwright", to: "Go", by: "wall", floor: floors.converge },
    { of: "Sealwright", to: "Go", by: "cpu" },
    { of: "Sealwright", to: "Go", by: "peak", ...(memory === undefined ? {} : { floor: memory }) },
  ];
  const count = size.toLocaleString("en");
  return [
    {
      title: `Converge, ${count}`,
      about: `As above, and Go's limits are off (\`--kubeclient-qps=-1\`, for both). Meanwhile fresh SealedSecrets are made, one by one, ${FRESH} at most: how long each waits for its Secret is told.`,
      unit: "SealedSecret",
      sizes: [size],
      long: true,
      contenders: { Sealwright: first(OURS), Go: first(THEIRS), ...limits(folder, keys, backlog) },
      ratios,
      bounds: [{ of: "Sealwright", told: "fresh one, 99 %, s", most: 1 }],
    },
    {
      title: `Restart, ${count} in place`,
      about:
        "The controllers of the series before, stopped when they had nothing more to do, and started again. The clock stops when they have looked at everything and are at rest. Writes are of Secrets, SealedSecrets and events, as the API server counts them. Then they are watched for ten seconds more.",
      unit: "SealedSecret",
      sizes: [size],
      long: true,
      contenders: { Sealwright: then(OURS), Go: then(THEIRS) },
      ratios: [
        { of: "Sealwright", to: "Go", by: "wall", floor: floors.restart },
        { of: "Sealwright", to: "Go", by: "cpu" },
        { of: "Sealwright", to: "Go", by: "peak" },
      ],
      bounds: [
        { of: "Sealwright", told: "private-key operations", most: 0 },
        { of: "Sealwright", told: "writes", most: 0 },
      ],
    },
  ];
}

/** What no controller can do without. */
function limits(folder: string, keys: Keys, backlog: readonly string[]): Readonly<Record<string, Contender>> {
  const { pem } = writeKeys(folder, "controller-key", keys.pems.slice(0, 1));
  return {
    "bare RSA": {
      limit: "2 RSA decryptions a SealedSecret by OpenSSL, on one core",
      command: (size) => bareRsa("decrypt", 2 * size, pem),
    },
    "bare writes": {
      clockLimit:
        "a Secret and a status written for each SealedSecret, 16 at a time, by a program that does nothing else; the API server and etcd share the machine",
      run: () => bareWrites(join(folder, "bare-writes.json"), keys, backlog),
    },
  };
}
