import { Recent } from "./recent.ts";

/** Events about one object: so many at once, and then one in so many milliseconds, as Go's client allows them. */
const BURST = 25;
const REFILL = 300_000;
/** Objects that are remembered. */
const OBJECTS = 4_096;

/** Keeps one object from flooding the cluster with events. */
export class EventBudget {
  readonly #spent = new Recent<{ spent: number; at: number }>(OBJECTS);

  /** Whether there may be one more about an object. `now` is in milliseconds, on a clock that never jumps. */
  take(uid: string, now: number): boolean {
    const account = this.#spent.get(uid, () => ({ spent: 0, at: now }));
    const spent = Math.max(0, account.spent - (now - account.at) / REFILL);
    account.at = now;
    account.spent = spent + 1 > BURST ? spent : spent + 1;
    return spent + 1 <= BURST;
  }
}
