import { vi } from "vitest";

/** Resolves as soon as the condition throws no more; rejects with what it throws after five seconds. */
export function holds(condition: () => void): Promise<void> {
  return vi.waitFor(condition, { interval: 2, timeout: 5_000 });
}
