import type { BoundWanted, Cost, RatioWanted } from "../bench.ts";
import type { Machine } from "../measure/machine.ts";
import type { Samples } from "../measure/rounds.ts";
import { type Measurement, measurementOf } from "../measure/statistics.ts";
import type { Sample } from "../measure/stopwatch.ts";

/** What a run of a bench left in `results/NAME.json`: every sample, so that all that is told of it can be told again. */
export interface BenchResult {
  readonly name: string;
  readonly summary: string;
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly series: readonly SeriesResult[];
}

export interface SeriesResult {
  readonly title: string;
  readonly about: string;
  readonly unit: string;
  readonly sizes: readonly number[];
  /** Of the contender that is the limit. */
  readonly limit: Limit | null;
  /** The same, by the clock. */
  readonly clockLimit?: Limit | null;
  readonly ratios: readonly RatioWanted[];
  readonly bounds?: readonly BoundWanted[];
  readonly samples: Samples;
}

export interface Limit {
  readonly name: string;
  readonly text: string;
}

/** A ratio as it was measured: round by round, so that what slowed a round down slowed both. */
export interface Ratio extends RatioWanted {
  readonly measured: Measurement;
}

/** A figure that is held against a bound: the worst round counts. */
export interface Bound extends BoundWanted {
  readonly measured: Measurement;
}

/** What one contender took at the largest size. */
export interface Standing {
  readonly name: string;
  /** Of the whole process: seconds. */
  readonly cpu: Measurement;
  readonly wall: Measurement;
  /** Bytes. */
  readonly peak: Measurement;
  /** Seconds for one unit, start-up aside. */
  readonly each: Readonly<Record<"cpu" | "wall", Measurement>>;
  /** Which part of the limit's rate it reaches, by processor time for a unit; null without a limit. */
  readonly ofLimit: Measurement | null;
  /** The same, by the clock. */
  readonly ofClockLimit: Measurement | null;
  readonly told: Readonly<Record<string, Measurement>>;
}

export function largestSize({ sizes }: SeriesResult): number {
  return sizes.at(-1) ?? 0;
}

export function standingsOf(series: SeriesResult): readonly Standing[] {
  const ofLimit = (of: string, limit: Limit | null | undefined, by: Cost) =>
    limit === null || limit === undefined ? null : ratioOf(series, { of, to: limit.name, by }).measured;
  return Object.keys(series.samples).map((name) => {
    const samples = samplesAt(series, name, largestSize(series));
    const of = (pick: (sample: Sample) => number) => measurementOf(samples.map(pick));
    const told = Object.keys(samples[0]?.told ?? {});
    return {
      name,
      cpu: of(({ cpu }) => cpu),
      wall: of(({ wall }) => wall),
      peak: of(({ peak }) => peak),
      each: { cpu: measurementOf(costs(series, name, "cpu")), wall: measurementOf(costs(series, name, "wall")) },
      ofLimit: ofLimit(name, series.limit, "cpu"),
      ofClockLimit: ofLimit(name, series.clockLimit, "wall"),
      told: Object.fromEntries(told.map((key) => [key, of((sample) => sample.told[key] ?? Number.NaN)])),
    };
  });
}

export function ratiosOf(series: SeriesResult): readonly Ratio[] {
  return series.ratios.map((wanted) => ratioOf(series, wanted));
}

export function boundsOf(series: SeriesResult): readonly Bound[] {
  const size = largestSize(series);
  return (series.bounds ?? []).map((wanted) => {
    const figures = samplesAt(series, wanted.of, size).map(({ told }) => told[wanted.told] ?? Number.NaN);
    return { ...wanted, measured: measurementOf(figures) };
  });
}

function ratioOf(series: SeriesResult, wanted: RatioWanted): Ratio {
  const slower = costs(series, wanted.to, wanted.by);
  const faster = costs(series, wanted.of, wanted.by);
  return { ...wanted, measured: measurementOf(faster.map((cost, round) => (slower[round] ?? Number.NaN) / cost)) };
}

/** Seconds for one unit in each round, without what the same program takes for none; or the bytes for all of them. */
function costs(series: SeriesResult, name: string, by: Cost): readonly number[] {
  const size = largestSize(series);
  if (by === "peak") return samplesAt(series, name, size).map(({ peak }) => peak);
  const idle = series.sizes[0] === 0 && size > 0 ? samplesAt(series, name, 0) : [];
  return samplesAt(series, name, size).map((sample, round) => (sample[by] - (idle[round]?.[by] ?? 0)) / size);
}

function samplesAt(series: SeriesResult, name: string, size: number): readonly Sample[] {
  return series.samples[name]?.[size] ?? [];
}
