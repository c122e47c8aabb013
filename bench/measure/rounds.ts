import type { Series } from "../bench.ts";
import { measure, type Sample } from "./stopwatch.ts";

/** By contender and size: what each round measured, in the order of the rounds. */
export type Samples = Readonly<Record<string, Readonly<Record<number, readonly Sample[]>>>>;

/**
 * Runs all contenders of a series in turn, within what they need, in the other order each second time, so that whatever comes over the machine comes over
 * all of them. The first round warms the machine's caches and is left out, but of what takes minutes.
 *
 * @param onRound told how many rounds are done, of how many
 */
export function runRounds(
  series: Series,
  rounds: number,
  onRound: (done: number, of: number) => void,
): Promise<Samples> {
  const run = () => runInTurn(series, rounds, onRound);
  return series.within === undefined ? run() : series.within(run);
}

async function runInTurn(
  series: Series,
  rounds: number,
  onRound: (done: number, of: number) => void,
): Promise<Samples> {
  const names = Object.keys(series.contenders);
  const samples = Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(series.sizes.map((size) => [size, [] as Sample[]]))]),
  );
  const first = series.long === true ? 1 : 0;
  for (let round = first; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const size of series.sizes) {
      for (const name of order) {
        const contender = series.contenders[name];
        if (contender === undefined) continue;
        const sample = "run" in contender ? await contender.run(size) : await measure(contender.command(size));
        if (round > 0) samples[name]?.[size]?.push(sample);
      }
    }
    onRound(round, rounds);
  }
  return samples;
}
