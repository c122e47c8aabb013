import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log.ts";
import { describeError } from "../outcome.ts";
import type { KeyRegistry } from "./key-registry.ts";

export interface KeyRotationOptions {
  readonly keys: Pick<KeyRegistry, "renewIfDue">;
  readonly log: Log;
  /** Waits so many milliseconds, or until the signal; real time unless told. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Timers run on a clock that sleeps with the machine and know no month; the newest key's age is asked for this often instead. */
const LOOK_EVERY = 60_000;

/** Has a new key made whenever the newest has come of age, until the signal ends it; never throws. */
export async function rotateKeys(
  { keys, log, pause = realPause }: KeyRotationOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await keys.renewIfDue();
    } catch (error) {
      log.error("No new sealing key could be made", { message: describeError(error) });
    }
    await pause(LOOK_EVERY, signal);
  }
}

function realPause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return delay(milliseconds, undefined, { signal }).catch(() => {});
}
