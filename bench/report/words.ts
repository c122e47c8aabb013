import type { Cost } from "../bench.ts";
import { isNoisy, type Measurement } from "../measure/statistics.ts";
import type { Bound, Ratio } from "./result.ts";

const COSTS: Readonly<Record<Cost, string>> = { cpu: "processor time", wall: "time on the clock", peak: "peak memory" };

/** `3.12x (2.98 to 3.20)`; a ratio of rounds that are far apart says so, whoever prints it. */
export function ratioInWords({ measured, by, floor }: Ratio): string {
  const figure = `${digits(measured.median)}x by ${COSTS[by]}`;
  const apart = `${count(measured.rounds, "round")}, ${percent(measured.spread)} apart`;
  const warning = isNoisy(measured) ? `NOISY, ${apart}: ` : "";
  const asked =
    floor === undefined
      ? ""
      : measured.median >= floor
        ? `, at least ${floor}x asked`
        : `, LESS than the ${floor}x asked`;
  return `${figure} (${warning}${digits(measured.low)} to ${digits(measured.high)}${asked})`;
}

/** `0.012 (at most 1 asked)`. */
export function boundInWords({ measured: { high }, most }: Bound): string {
  return `${digits(high)} (${high <= most ? `at most ${most} asked` : `MORE than the ${most} asked`})`;
}

/** `12.3 ms`, and how far the rounds were apart where that is much. */
export function timeInWords(measurement: Measurement): string {
  const isApart = measurement.rounds > 1 && isNoisy(measurement);
  return `${time(measurement.median)}${isApart ? ` ±${percent(measurement.spread / 2)}` : ""}`;
}

export function megabytes({ median }: Measurement): string {
  return `${(median / 1e6).toFixed(0)} MB`;
}

export function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}

/** How many a second, of what takes so many seconds each. */
export function rate({ median }: Measurement): string {
  return digits(1 / median);
}

export function count(size: number, unit: string): string {
  return `${size.toLocaleString("en")} ${unit}${size === 1 ? "" : "s"}`;
}

/** `12.3 ms`. */
export function time(seconds: number): string {
  if (seconds >= 1) return `${digits(seconds)} s`;
  return seconds >= 0.001 ? `${digits(seconds * 1e3)} ms` : `${digits(seconds * 1e6)} µs`;
}

/** Three digits that count, and the thousands apart. */
export function digits(figure: number): string {
  if (!Number.isFinite(figure)) return "?";
  return figure >= 100 ? Math.round(figure).toLocaleString("en") : String(Number(figure.toPrecision(3)));
}
