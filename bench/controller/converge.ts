import type { Contender, RatioWanted, Series } from "../bench.ts";
import type { Sample } from "../measure/stopwatch.ts";
import { liveBare } from "./bare-life.ts";
import { BARE_READS, BARE_WRITES, bareOpening, bareWriting } from "./bare-work.ts";
import { type Contestant, OURS, THEIRS } from "./contestant.ts";
import { backlogOf, freshOnes, type Keys } from "./inputs.ts";
import { type Life, liveThrough } from "./life.ts";

const FRESH = 40;
const NO_LIMIT = ["--kubeclient-qps=-1"];
const SIZE_WITH_DEFAULTS = 300;
/** Minutes are enough to know how fast that is. */
const GO_SIZE_WITH_DEFAULTS = 200;
/** By how much memory may grow where it may, as a part of the Go one's: 1.4 times is 0.71 of it. */
const MEMORY_FLOORS: Readonly<Record<number, number>> = { 3000: 0.71, 20000: 1.25 };

/** As people install them. Go's client keeps itself to 5 requests a second; ours has no such limit. */
export async function convergeWithDefaults(folder: string, keys: Keys): Promise<Series> {
  const all = await backlogOf(SIZE_WITH_DEFAULTS, keys);
  const contender = (contestant: Contestant, units: number): Contender => ({
    run: async () => {
      const backlog = all.slice(0, units);
      const { converged } = await liveThrough({ contestant, keys: keys.pems.slice(0, 1), args: [], backlog });
      return { ...converged, units };
    },
  });
  const ours = `Sealwright, ${SIZE_WITH_DEFAULTS}`;
  const theirs = `Go, ${GO_SIZE_WITH_DEFAULTS}`;
  return {
    title: "Converge with default flags",
    about:
      "SealedSecrets of 2 items, in 50 namespaces, are there; then the controller starts. The clock stops when all Secrets exist; processor time and memory are those of the whole life of the process, until it has nothing more to do. Go's client keeps itself to 5 requests a second: it gets fewer, and the ratios are of what one takes.",
    unit: "SealedSecret",
    sizes: [SIZE_WITH_DEFAULTS],
    long: true,
    contenders: {
      [ours]: contender(OURS, SIZE_WITH_DEFAULTS),
      [theirs]: contender(THEIRS, GO_SIZE_WITH_DEFAULTS),
      "bare RSA": bareOpening(folder, keys),
      "bare writes": bareWriting(folder, keys, all),
    },
    ratios: [
      { of: ours, to: theirs, by: "wall", floor: 60 },
      { of: ours, to: theirs, by: "cpu" },
    ],
  };
}

/** What is asked of the clock, in terms of the Go one's; nothing where a floor is absent. */
export interface Floors {
  readonly converge?: number;
  readonly restart?: number;
}

/** Go's limits are off. The second series is of the same processes' second life, and is measured with the first. */
export async function convergeAndRestart(
  folder: string,
  keys: Keys,
  { sizes, floors }: { readonly sizes: readonly number[]; readonly floors: Floors },
): Promise<readonly Series[]> {
  const backlog = await backlogOf(Math.max(...sizes), keys);
  const fresh = await freshOnes(FRESH, keys);
  const livesOf = (contestant: Contestant) =>
    twoLives((size) => {
      const one = { contestant, keys: keys.pems.slice(0, 1), args: NO_LIMIT };
      return liveThrough({ ...one, backlog: backlog.slice(0, size), fresh, restarted: true });
    });
  const [ours, theirs] = [livesOf(OURS), livesOf(THEIRS)];
  const bare = twoLives((size) => liveBare(folder, keys, backlog.slice(0, size)));
  const each = (ratiosAt: (at: number) => readonly Omit<RatioWanted, "of" | "to" | "at">[]) =>
    sizes.flatMap((at) => ratiosAt(at).map((ratio) => ({ of: "Sealwright", to: "Go", at, ...ratio })));
  return [
    {
      title: "Converge",
      about: `SealedSecrets of 2 items, in 50 namespaces, are there; then the controller starts. Go's limits are off (\`--kubeclient-qps=-1\`, for both). The clock stops when all Secrets exist; processor time and memory are those of the whole life of the process, until it has nothing more to do. Go writes an event for each in that time; Sealwright writes 25 of them a second, and leaves those of a success out where a thousand wait. Meanwhile fresh SealedSecrets are made, one by one, ${FRESH} at most: how long each waits for its Secret is told.`,
      unit: "SealedSecret",
      sizes,
      long: true,
      contenders: {
        Sealwright: { run: ours.first },
        Go: { run: theirs.first },
        "bare RSA": bareOpening(folder, keys),
        "bare writes": { clockLimit: BARE_WRITES, run: bare.first },
      },
      ratios: each((size) => [
        { by: "wall", ...(floors.converge !== undefined && { floor: floors.converge }) },
        { by: "cpu" },
        { by: "peak", ...(size in MEMORY_FLOORS && { floor: MEMORY_FLOORS[size] }) },
      ]),
      bounds: [{ of: "Sealwright", told: "fresh one, 99 %, s", most: 1 }],
    },
    {
      title: "Restart, all in place",
      about:
        "The controllers of the series before, stopped when they had nothing more to do, and started again. The clock stops when they have looked at everything and are at rest. Writes are of Secrets, SealedSecrets and events, as the API server counts them. Then they are watched for ten seconds more.",
      unit: "SealedSecret",
      sizes,
      long: true,
      contenders: {
        Sealwright: { run: ours.then },
        Go: { run: theirs.then },
        "bare reads": { limit: BARE_READS, clockLimit: BARE_READS, run: bare.then },
      },
      ratios: each(() => [
        { by: "wall", ...(floors.restart !== undefined && { floor: floors.restart }) },
        { by: "cpu" },
        { by: "peak" },
      ]),
      bounds: [
        { of: "Sealwright", told: "private-key operations", most: 0 },
        { of: "Sealwright", told: "writes", most: 0 },
      ],
    },
  ];
}

/** Two runs of which the second is made with the first, in the same cluster, and told in another series. */
function twoLives(live: (size: number) => Promise<Life>) {
  const waiting = new Map<number, readonly Sample[]>();
  const first = async (size: number) => {
    const { converged, restarted } = await live(size);
    if (restarted !== null) waiting.set(size, [...(waiting.get(size) ?? []), restarted]);
    return converged;
  };
  const then = async (size: number) => {
    // Measured alone, it has a first life of its own.
    if (!waiting.get(size)?.length) await first(size);
    const [next, ...others] = waiting.get(size) ?? [];
    if (next === undefined) throw new Error("it was not started again");
    waiting.set(size, others);
    return next;
  };
  return { first, then };
}
