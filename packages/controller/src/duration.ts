const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const DURATION = /^([+-]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/** Go counts nanoseconds in 64 bits: some 292 years. */
const LONGEST = 2 ** 63 * 1e-6;

/** Go's durations (`720h0m0s`, `1m30s`, `0`) in milliseconds, or null where the text is none. */
export function parseDuration(text: string): number | null {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!DURATION.test(text)) return null;
  const parts = [...text.matchAll(PART)].map(([, amount, unit = ""]) => Number(amount) * (UNITS[unit] ?? 0));
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (total >= LONGEST) return null;
  return text.startsWith("-") ? -total : total;
}
