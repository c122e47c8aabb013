import type { ObservedSealedSecret, SeenSecret, SettledSecrets } from "./ports.ts";
import { revisionOf } from "./revision.ts";

interface Settlement {
  readonly revision: string;
  readonly secretVersion: string;
}

/**
 * Remembers, for as long as the process lives, what it left or found in order: the revision of each SealedSecret, and the resourceVersion
 * of its Secret. Records outlive the process; this is what spares looking at them, and what tells its own writes from other people's.
 */
export class Settled implements SettledSecrets {
  readonly #seen: (key: string) => SeenSecret;
  readonly #settlements = new Map<string, Settlement>();

  /** @param seen what was last heard of a Secret */
  constructor(seen: (key: string) => SeenSecret) {
    this.#seen = seen;
  }

  holds(observed: ObservedSealedSecret): boolean {
    const key = keyOf(observed);
    const settlement = this.#settlements.get(key);
    const seen = this.#seen(key);
    return (
      typeof seen === "object" &&
      settlement?.secretVersion === seen.resourceVersion &&
      settlement.revision === revisionOf(observed)
    );
  }

  note(observed: ObservedSealedSecret, secretVersion: string): void {
    this.#settlements.set(keyOf(observed), { revision: revisionOf(observed), secretVersion });
  }

  /** Whether a Secret that was left in order has changed since. */
  differs(key: string, secretVersion: string): boolean {
    const settlement = this.#settlements.get(key);
    return settlement !== undefined && settlement.secretVersion !== secretVersion;
  }

  forget(key: string): void {
    this.#settlements.delete(key);
  }
}

function keyOf({ namespace, name }: ObservedSealedSecret): string {
  return `${namespace}/${name}`;
}
