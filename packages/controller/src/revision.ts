import { scopeOf } from "@sealwright/core";

/** What of a SealedSecret's metadata it takes to know which revision of it somebody speaks of. */
export interface Revised {
  readonly uid: string;
  readonly generation: number;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Equal for two states of a SealedSecret exactly where nothing differs that a reconcile looks at: the spec, of which every change counts
 * as a generation, and the scope, which is an annotation. Labels and other annotations are none of it.
 */
export function revisionOf({ uid, generation, annotations }: Revised): string {
  return JSON.stringify([uid, generation, scopeOf(annotations)]);
}
