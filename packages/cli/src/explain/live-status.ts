import { printable, type SealedSecret } from "@sealwright/core";
import { type Cluster, fieldsOf } from "../cluster/cluster.ts";
import { sealedSecretsIn } from "../cluster/resource.ts";
import { readState, type SealedSecretState } from "../cluster/sealed-secret-state.ts";
import { type Meaning, meaningOf } from "./reasons.ts";

/** What the cluster says of an object. Its words are made fit for a terminal. */
export type LiveStatus =
  | { readonly state: "absent" }
  | {
      readonly state: SealedSecretState["sync"];
      readonly reason: string;
      readonly message: string;
      /** ISO 8601; null where nothing tells. */
      readonly since: string | null;
      /** What a failure means, and what to do; null where nobody knows. */
      readonly meaning: Meaning | null;
      /** Items that are only in the file, only in the cluster, or have another ciphertext there. */
      readonly differs: readonly string[];
    };

const DEFAULT_NAMESPACE = "default";
const SHOWN_MESSAGE = 1_000;

/** Needs `get` on SealedSecrets. @throws CommandError `cluster`, `cluster_unreachable` */
export async function liveStatusOf(sealed: SealedSecret, cluster: Cluster): Promise<LiveStatus> {
  const { name = "", namespace = cluster.context.namespace ?? DEFAULT_NAMESPACE } = sealed.metadata;
  const object = name === "" ? null : await cluster.get(sealedSecretsIn(namespace), name);
  if (object === null) return { state: "absent" };
  const { sync, since, ...state } = readState(object);
  const said = { reason: printable(state.reason), message: printable(state.message, SHOWN_MESSAGE) };
  return {
    state: sync,
    ...said,
    since: since?.toISOString() ?? null,
    meaning: sync === "failed" ? meaningOf(said) : null,
    differs: differences(sealed.spec.encryptedData, fieldsOf(fieldsOf(object["spec"])["encryptedData"])),
  };
}

function differences(
  file: Readonly<Record<string, unknown>>,
  cluster: Readonly<Record<string, unknown>>,
): readonly string[] {
  const names = new Set([...Object.keys(file), ...Object.keys(cluster)]);
  return [...names].filter((name) => file[name] !== cluster[name]).map((name) => printable(name));
}
