import { createHash } from "node:crypto";
import type { ObservedSealedSecret, SettledSecrets } from "./ports.ts";

interface Settlement {
  readonly sealedSecret: string;
  readonly secretVersion: string;
}

/**
 * Remembers, for as long as the process lives, what it left in order: the generation and annotations of each SealedSecret, and the
 * resourceVersion of its Secret. Nothing here comes from what is sealed.
 */
export class Settled implements SettledSecrets {
  readonly #secretVersion: (key: string) => string | null;
  readonly #settlements = new Map<string, Settlement>();

  /** @param secretVersion the resourceVersion of a Secret as it was last seen; null where none is, or where nobody looks */
  constructor(secretVersion: (key: string) => string | null) {
    this.#secretVersion = secretVersion;
  }

  holds(observed: ObservedSealedSecret): boolean {
    const key = keyOf(observed);
    const settlement = this.#settlements.get(key);
    return (
      settlement !== undefined &&
      settlement.sealedSecret === identityOf(observed) &&
      settlement.secretVersion === this.#secretVersion(key)
    );
  }

  note(observed: ObservedSealedSecret, secretVersion: string): void {
    this.#settlements.set(keyOf(observed), { sealedSecret: identityOf(observed), secretVersion });
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

/** What a reconcile depends on: the scope is an annotation, and all else that matters counts as a generation. Hashed, for they can be long. */
function identityOf({ uid, generation, annotations }: ObservedSealedSecret): string {
  return createHash("sha256")
    .update(JSON.stringify([uid, generation, annotations]))
    .digest("base64");
}
