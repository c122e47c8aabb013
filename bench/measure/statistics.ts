/** A figure that was measured several times. */
export interface Measurement {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How many times. */
  readonly rounds: number;
}

/** Rounds that differ by more than this part of their median say little, and so do few rounds. */
const NOISE = 0.1;
const FEW = 3;

export function measurementOf(figures: readonly number[]): Measurement {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
  return { median, low: sorted[0] ?? Number.NaN, high: sorted.at(-1) ?? Number.NaN, rounds: sorted.length };
}

/** How far apart the rounds are, as a part of the median. */
export function spreadOf({ median, low, high }: Measurement): number {
  return (high - low) / median;
}

/** Whether a figure may be told without a warning. */
export function isNoisy(measurement: Measurement): boolean {
  return measurement.rounds < FEW || !(spreadOf(measurement) <= NOISE);
}
