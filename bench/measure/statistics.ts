/** A figure that was measured several times. */
export interface Measurement {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How far apart they are, as a part of the median: all of them, or the middle half of many, whose extremes say nothing. */
  readonly spread: number;
  /** How many times. */
  readonly rounds: number;
}

/** Rounds that differ by more than this part of their median say little, and so do few rounds. */
const NOISE = 0.1;
const FEW = 3;
const MANY = 12;

export function measurementOf(figures: readonly number[]): Measurement {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const median = (at(Math.ceil(middle) - 1) + at(Math.floor(middle))) / 2;
  const last = sorted.length - 1;
  const aside = sorted.length < MANY ? 0 : Math.floor(sorted.length / 4);
  const spread = (at(last - aside) - at(aside)) / median;
  return { median, low: at(0), high: at(last), spread, rounds: sorted.length };
}

/** Whether a figure may be told without a warning. */
export function isNoisy(measurement: Measurement): boolean {
  return measurement.rounds < FEW || !(measurement.spread <= NOISE);
}
