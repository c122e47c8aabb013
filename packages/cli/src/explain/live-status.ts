import { printable, type SealedSecret } from "@sealwright/core";
import type { Answer } from "../api-server.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { findContext, type KubeconfigRequest } from "../kubeconfig.ts";
import { type Meaning, meaningOf } from "./reasons.ts";

/** What the cluster says of an object. */
export type LiveStatus =
  | { readonly state: "absent" }
  | { readonly state: "forbidden" }
  | {
      readonly state: "present";
      /** Items that are only in the file, only in the cluster, or have another ciphertext there. */
      readonly differs: readonly string[];
      /** Whether the controller has looked at the object as it is now. */
      readonly isObserved: boolean;
      /** Fingerprints of the keys that opened it. */
      readonly sealedWith: readonly string[];
      readonly synced: SyncedCondition | null;
    };

/** The condition `Synced`. Its words are the cluster's, made fit for a terminal. */
export interface SyncedCondition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** ISO 8601; empty where it is not told. */
  readonly since: string;
  readonly meaning: Meaning | null;
}

/** Asks a cluster for objects. */
export interface LiveCluster {
  /** @throws CommandError `cluster_unreachable`, `cluster_unreadable` */
  statusOf(sealed: SealedSecret): Promise<LiveStatus>;
}

/** Does something with the cluster of a kubeconfig. Needs `get` on SealedSecrets. @throws CommandError of the kubeconfig */
export async function withLiveCluster<T>(
  request: KubeconfigRequest,
  io: Io,
  action: (cluster: LiveCluster) => Promise<T>,
): Promise<T> {
  const context = await findContext(request, io);
  if (context === null) throw new CommandError({ code: "kubeconfig_absent" });
  const { connect } = await import("../api-server.ts");
  const server = await connect(context, io);
  try {
    return await action({
      statusOf: async (sealed) => {
        const { name = "", namespace = context.namespace ?? "default" } = sealed.metadata;
        const path = `/apis/bitnami.com/v1alpha1/namespaces/${encodeURIComponent(namespace)}/sealedsecrets/${encodeURIComponent(name)}`;
        return readAnswer(await server.get(path), sealed);
      },
    });
  } finally {
    await server.close();
  }
}

function readAnswer({ status, body }: Answer, sealed: SealedSecret): LiveStatus {
  if (status === 404) return { state: "absent" };
  if (status === 401 || status === 403) return { state: "forbidden" };
  if (status !== 200) throw new CommandError({ code: "cluster_unreadable" });
  const object = parse(body);
  const { encryptedData = {} } = fieldsOf(object["spec"]);
  const { observedGeneration, conditions, sealedWith } = fieldsOf(object["status"]);
  return {
    state: "present",
    differs: differences(sealed.spec.encryptedData, fieldsOf(encryptedData)),
    isObserved: observedGeneration === fieldsOf(object["metadata"])["generation"],
    sealedWith: Array.isArray(sealedWith) ? sealedWith.map((key) => printable(String(key))) : [],
    synced: syncedOf(Array.isArray(conditions) ? conditions : []),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parse(body: Uint8Array): Fields {
  try {
    return fieldsOf(JSON.parse(new TextDecoder().decode(body)));
  } catch (cause) {
    throw new CommandError({ code: "cluster_unreadable" }, { cause });
  }
}

function differences(file: Fields, cluster: Fields): readonly string[] {
  const names = new Set([...Object.keys(file), ...Object.keys(cluster)]);
  return [...names].filter((name) => file[name] !== cluster[name]).map((name) => printable(name));
}

const SHOWN_MESSAGE = 1_000;

function syncedOf(conditions: readonly unknown[]): SyncedCondition | null {
  const found = conditions.map(fieldsOf).find(({ type }) => type === "Synced");
  if (found === undefined) return null;
  const text = (field: string, shown?: number) => printable(String(found[field] ?? ""), shown);
  const said = { reason: text("reason"), message: text("message", SHOWN_MESSAGE) };
  const status = text("status");
  const meaning = status === "True" ? null : meaningOf(said);
  return { status, ...said, since: text("lastTransitionTime"), meaning };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
