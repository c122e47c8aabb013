import type { PeerName } from "../test/peers/binaries.ts";
import type { Sample } from "./measure/stopwatch.ts";

/** One `npm run bench -- NAME`: series of measurements that stand in one part of RESULTS.md. */
export interface Bench {
  /** What it tells, in a sentence. */
  readonly summary: string;
  /** The Go programs that it runs: built where the cache lacks them. */
  readonly peers: readonly PeerName[];
  /** Whether the command line as one file takes part, where it can be built. */
  readonly executable?: boolean;
  /** Its ratios are held against their floors, and nothing is written down. */
  readonly judged?: boolean;
  /** Makes inputs and says what to run. What is published has been built (`npm run build`) before. */
  prepare(context: BenchContext): Promise<readonly Series[]>;
}

export interface BenchContext {
  /** For inputs and outputs; removed at the end. */
  readonly folder: string;
  /** The command line as one file that needs no Node, built just now; null where nobody asked for it, or Bun is not there to build it. */
  readonly executable: string | null;
  /** For how long something idle is watched. */
  readonly idleSeconds: number;
  /** Tells the person at the terminal what takes so long. */
  say(line: string): void;
}

/** The same work, done by several programs in turn, at several sizes. */
export interface Series {
  readonly title: string;
  /** What is inside the measurement and what is not, for whoever doubts the figures. */
  readonly about: string;
  /** What there are so many of: `document`. */
  readonly unit: string;
  /** Ascending. The first is start-up alone where it is 0: then what one unit costs is told without it. */
  readonly sizes: readonly number[];
  /** By name, in the order of the report. */
  readonly contenders: Readonly<Record<string, Contender>>;
  /** Which ratios are told, and what is asked of them. */
  readonly ratios: readonly RatioWanted[];
  /** What is asked of figures by themselves. */
  readonly bounds?: readonly BoundWanted[];
  /** A run takes minutes: one round unless told, and none is left out. */
  readonly long?: boolean;
  /** How many rounds unless told: more than the usual where a run is over in a moment. */
  readonly rounds?: number;
  /** Has what all runs need, such as a cluster, there while they are measured. */
  within?<T>(measure: () => Promise<T>): Promise<T>;
}

/** A program that takes part. What counts is the whole process. */
export type Contender = Limits & (RunsToItsEnd | Driven);

interface RunsToItsEnd {
  command(size: number): Command;
}

/** A program that runs until it is stopped, as a controller does; who drives it says what the sample's time on the clock is. */
interface Driven {
  run(size: number): Promise<Sample>;
}

/** It does nothing but what cannot be done without, so that nobody passes it: bare RSA operations, bytes, writes. Said in words. */
interface Limits {
  /** By processor time. */
  readonly limit?: string;
  /** By the clock: for work that others do meanwhile, as the API server does. */
  readonly clockLimit?: string;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kept on one core, where the system has `taskset`. */
  readonly oneCore?: boolean;
}

/** How many times the cost of one contender is that of another: 2 where `of` is twice as fast as `to`. */
export interface RatioWanted {
  readonly of: string;
  readonly to: string;
  readonly by: Cost;
  /** With how many; the largest size unless told. */
  readonly at?: number;
  /** The least that will do. */
  readonly floor?: number;
}

/** A figure that only the program itself, or who drives it, can know: at every size. */
export interface BoundWanted {
  readonly of: string;
  /** Its name among those that were told. */
  readonly told: string;
  /** More is too much. */
  readonly most: number;
}

/**
 * `cpu` is what a unit takes of a core, whoever else uses the machine; `wall` is what a person waits for: both in seconds. `peak` is the
 * memory at the worst moment of the whole run.
 */
export type Cost = "cpu" | "wall" | "peak";
