const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/** `30d`, `12h`, `90m`, `1d12h`: in milliseconds, or null where it is none of these. */
export function readDuration(text: string): number | null {
  if (!/^(\d{1,6}[dhms])+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
}
