import { setTimeout as pause } from "node:timers/promises";

export interface UntilOptions {
  /** What is waited for, as it completes the sentence "waited 30 s for ...". */
  readonly what: string;
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Asks until the answer is neither `undefined` nor `false`, and gives it back. An answer that throws ends the wait at once; a
 * condition that may fail on the way catches for itself.
 */
export async function until<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  { what, timeoutMs = 30_000, intervalMs = 50 }: UntilOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
    await pause(intervalMs);
  }
}
