const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, as kubectl says it: `45s`, `12m`, `5h`, `30d`, `3y20d`; a time to come is `0s`. */
export function age(from: Date | null, now: Date): string {
  if (from === null) return "?";
  const passed = Math.max(0, now.getTime() - from.getTime());
  if (passed < 2 * MINUTE) return `${Math.floor(passed / SECOND)}s`;
  if (passed < 2 * HOUR) return `${Math.floor(passed / MINUTE)}m`;
  if (passed < 2 * DAY) return `${Math.floor(passed / HOUR)}h`;
  const days = Math.floor(passed / DAY);
  if (days < 2 * 365) return `${days}d`;
  return `${Math.floor(days / 365)}y${days % 365 === 0 ? "" : `${days % 365}d`}`;
}

/** `2026-11-05` */
export function day(date: Date | null): string {
  return date === null ? "?" : date.toISOString().slice(0, 10);
}

export function isoSecond(date: Date | null): string | null {
  return date === null ? null : `${date.toISOString().slice(0, 19)}Z`;
}
