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
  readonly #onOvertaken: (key: string) => void;
  readonly #settlements = new Map<string, Settlement>();

  /**
   * @param seen what was last heard of a Secret
   * @param onOvertaken told of a Secret of which a later state had been heard when it was noted: somebody changed it while its status was
   * written, and nothing more will be heard of that
   */
  constructor(seen: (key: string) => SeenSecret, onOvertaken: (key: string) => void = () => {}) {
    this.#seen = seen;
    this.#onOvertaken = onOvertaken;
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
    const key = keyOf(observed);
    this.#settlements.set(key, { revision: revisionOf(observed), secretVersion });
    const seen = this.#seen(key);
    if (typeof seen === "object" && isLater(seen.resourceVersion, secretVersion)) this.#onOvertaken(key);
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

/** Kubernetes counts resourceVersions; what does not look like a number has no order. */
function isLater(a: string, b: string): boolean {
  if (![a, b].every((version) => /^\d+$/.test(version))) return false;
  return a.length === b.length ? a > b : a.length > b.length;
}

function keyOf({ namespace, name }: ObservedSealedSecret): string {
  return `${namespace}/${name}`;
}
