import type { Cluster } from "../cluster/cluster.ts";
import { sealedSecretsIn } from "../cluster/resource.ts";
import { type KeyTraces, readState } from "../cluster/sealed-secret-state.ts";

/** A SealedSecret by its name. */
export interface Dependant {
  readonly namespace: string;
  readonly name: string;
}

/** Which SealedSecrets of a cluster need which key, as far as they tell. */
export interface Dependence {
  /** Of how many. */
  readonly total: number;
  /** Those that do not tell of all their items. */
  readonly untold: readonly Dependant[];
  /** Those that need the key of that fingerprint, or may. */
  of(fingerprint: string): readonly Dependant[];
}

/** Looks at every SealedSecret: needs `list` on those of all namespaces. @throws CommandError `cluster` */
export async function readDependence(cluster: Cluster): Promise<Dependence> {
  const told: { readonly who: Dependant; readonly keys: KeyTraces }[] = [];
  for await (const { items } of cluster.list(sealedSecretsIn(null))) {
    for (const item of items) {
      const { namespace, name, keys } = readState(item);
      told.push({ who: { namespace, name }, keys });
    }
  }
  return {
    total: told.length,
    untold: told.filter(({ keys }) => !keys.complete).map(({ who }) => who),
    of: (fingerprint) => told.filter(({ keys }) => speaksOf(keys, fingerprint)).map(({ who }) => who),
  };
}

function speaksOf({ fingerprints, beginnings }: KeyTraces, fingerprint: string): boolean {
  return fingerprints.includes(fingerprint) || beginnings.some((begin) => fingerprint.startsWith(`SHA256:${begin}`));
}
