import { CommandError } from "./failure.ts";

/** Milliseconds of one unit of a Go duration. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/gy;

/**
 * A `--request-timeout`: a number of seconds, or a Go duration such as `1m30s`.
 *
 * @returns milliseconds, at least one; Infinity where it says 0
 * @throws CommandError `request_timeout_invalid`
 */
export function readTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1_000 : readDuration(text);
  if (milliseconds === null) throw new CommandError({ code: "request_timeout_invalid" });
  return milliseconds === 0 ? Infinity : Math.max(1, Math.round(milliseconds));
}

/** Milliseconds of a Go duration such as `1m30s`; null where it is none. */
export function readDuration(text: string): number | null {
  const parts = [...text.matchAll(PART)];
  const length = parts.reduce((sum, [part]) => sum + part.length, 0);
  if (parts.length === 0 || length !== text.length) return null;
  return parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (UNITS[unit] ?? 0), 0);
}
