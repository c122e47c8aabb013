import type { Change } from "./reflector.ts";
import type { SealedSecretObject } from "./sealed-secrets.ts";

/** Why the spec of a SealedSecret is not in memory: its record tells all that there is to know of it, or there were too many. */
export type LetGo = "recorded" | "too_many";

/** Nothing that comes over the wire has it. */
const LET_GO: unique symbol = Symbol("let go");
const LENGTH: unique symbol = Symbol("length");

interface Kept extends SealedSecretObject {
  readonly [LET_GO]?: LetGo;
  readonly [LENGTH]?: number;
}

/** Characters of specs in memory: a few thousand SealedSecrets of a few items. */
const MOST = 8 * 1024 * 1024;

export interface KeptSpecsOptions {
  /** Whether the record in the status is about just this spec, so that nobody has to look at it for as long as the Secret stays as it is. */
  readonly isRecorded: (object: SealedSecretObject) => boolean;
  /** Characters. */
  readonly most?: number;
}

/**
 * Which specs stay in memory: ciphertexts are most of a SealedSecret, and nearly all of them are never looked at again. What has a record
 * of them is let go, and so is what comes when there are very many; both are asked for when somebody has to look at them.
 */
export class KeptSpecs {
  readonly #options: KeptSpecsOptions;
  #length = 0;

  constructor(options: KeptSpecsOptions) {
    this.#options = options;
  }

  /** The object as it is to be cached. */
  reduce(object: SealedSecretObject): SealedSecretObject {
    if (this.#options.isRecorded(object)) return withoutSpec(object, "recorded");
    const length = lengthOfSpec(object);
    if (this.#length + length > (this.#options.most ?? MOST)) return withoutSpec(object, "too_many");
    return { ...object, [LENGTH]: length };
  }

  /** To be told of each change of the cache. */
  changed({ before, after }: Change<SealedSecretObject>): void {
    this.#length += lengthOf(after) - lengthOf(before);
  }
}

/** Null where the spec is there. */
export function letGoOf(object: SealedSecretObject): LetGo | null {
  return (object as Kept)[LET_GO] ?? null;
}

/** Endless where it is nested so deeply that nobody should hold it. */
function lengthOfSpec({ spec = null }: SealedSecretObject): number {
  try {
    return JSON.stringify(spec).length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function lengthOf(object: SealedSecretObject | null): number {
  return (object as Kept | null)?.[LENGTH] ?? 0;
}

function withoutSpec({ spec: _, ...rest }: SealedSecretObject, why: LetGo): SealedSecretObject {
  return { ...rest, metadata: rest.metadata, [LET_GO]: why };
}
