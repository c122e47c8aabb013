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

/** A figure that is held against a bound: the worst round, at the worst size, counts. */
export interface Bound extends BoundWanted {
  readonly measured: Measurement;
}

/** What one contender took at a size. */
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

/** How many rounds were counted. */
export function roundsOf(series: SeriesResult): number {
  const [first = ""] = Object.keys(series.samples);
  return samplesAt(series, first, largestSize(series)).length;
}

/** @param size the largest unless told */
export function standingsOf(series: SeriesResult, size = largestSize(series)): readonly Standing[] {
  const ofLimit = (of: string, limit: Limit | null | undefined, by: Cost) =>
    limit === null || limit === undefined ? null : ratioOf(series, { of, to: limit.name, by, at: size }).measured;
  const each = (name: string, by: Cost) => measurementOf(costs(series, name, { by, size }));
  return Object.keys(series.samples).map((name) => {
    const samples = samplesAt(series, name, size);
    const of = (pick: (sample: Sample) => number) => measurementOf(samples.map(pick));
    const told = Object.keys(samples[0]?.told ?? {});
    return {
      name,
      cpu: of(({ cpu }) => cpu),
      wall: of(({ wall }) => wall),
      peak: of(({ peak }) => peak),
      each: { cpu: each(name, "cpu"), wall: each(name, "wall") },
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
  return (series.bounds ?? []).map((wanted) => {
    const samples = series.sizes.flatMap((size) => samplesAt(series, wanted.of, size));
    const figures = samples.map(({ told }) => told[wanted.told] ?? Number.NaN);
    return { ...wanted, measured: measurementOf(figures) };
  });
}

function ratioOf(series: SeriesResult, wanted: RatioWanted): Ratio {
  const of = { by: wanted.by, size: wanted.at ?? largestSize(series) };
  const slower = costs(series, wanted.to, of);
  const faster = costs(series, wanted.of, of);
  return { ...wanted, measured: measurementOf(faster.map((cost, round) => (slower[round] ?? Number.NaN) / cost)) };
}

/** Seconds for one unit in each round, without what the same program takes for none; or the bytes for all of them. */
function costs(
  series: SeriesResult,
  name: string,
  { by, size }: { readonly by: Cost; readonly size: number },
): readonly number[] {
  if (by === "peak") return samplesAt(series, name, size).map(({ peak }) => peak);
  const idle = series.sizes[0] === 0 && size > 0 ? samplesAt(series, name, 0) : [];
  const costOf = (sample: Sample, round: number) => (sample[by] - (idle[round]?.[by] ?? 0)) / (sample.units ?? size);
  return samplesAt(series, name, size).map(costOf);
}

function samplesAt(series: SeriesResult, name: string, size: number): readonly Sample[] {
  return series.samples[name]?.[size] ?? [];
}
