import type { Series } from "../bench.ts";
import { boundsOf, ratiosOf, type SeriesResult } from "../report/result.ts";
import { boundInWords, ratioInWords } from "../report/words.ts";

/** A machine that is busy with other work gets so many tries, and so much of each floor. */
const TRIES = 3;
const NOISE = 0.2;

/**
 * Measures series, and again those that fell short. Nothing is said of how long anything took: only ratios of programs that ran side by
 * side count, and what is counted.
 *
 * @returns whether each came up to its floors
 */
export async function judge(
  series: readonly Series[],
  measure: (series: Series) => Promise<SeriesResult>,
  say: (line: string) => void,
): Promise<boolean> {
  let good = true;
  for (const each of series) if (!(await passes(each, measure, say))) good = false;
  return good;
}

async function passes(
  series: Series,
  measure: (series: Series) => Promise<SeriesResult>,
  say: (line: string) => void,
): Promise<boolean> {
  for (let tried = 1; tried <= TRIES; tried += 1) {
    const result = await measure(series);
    const ratios = ratiosOf(result);
    const bounds = boundsOf(result);
    const isFar = ratios.every(({ measured, floor = 0 }) => measured.median >= floor * (1 - NOISE));
    const passed = isFar && bounds.every(({ measured, most }) => measured.high <= most);
    const verdict = passed ? "ok" : tried < TRIES ? "again" : "FAILED";
    for (const ratio of ratios)
      say(`${verdict}: ${series.title}: ${ratio.of} beside ${ratio.to}: ${ratioInWords(ratio)}`);
    for (const bound of bounds) say(`${verdict}: ${series.title}: ${bound.of}, ${bound.told}: ${boundInWords(bound)}`);
    if (passed) return true;
  }
  return false;
}
