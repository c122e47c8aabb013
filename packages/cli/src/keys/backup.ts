import { KEY_LABEL } from "@sealwright/core";
import { writeManifest } from "@sealwright/core/kubernetes-yaml";
import { type Fields, fieldsOf } from "../cluster/cluster.ts";
import { CommandError } from "../failure.ts";
import { manifestsIn } from "../manifest.ts";
import { decodeText } from "../text.ts";
import { keyError } from "./age-file.ts";
import { ACTIVE, type KeySecret, readKeySecret } from "./key-secret.ts";

/** Of a Secret's metadata, what its owner says. The rest is the API server's. */
const KEPT_METADATA = ["name", "generateName", "namespace", "labels", "annotations"];
/** Holds the private key once more. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Keys as a `v1` List of Secrets: what `kubectl apply` and `kubeseal --recovery-private-key` take. Plaintext: to be encrypted. */
export function backupText(keys: readonly KeySecret[]): string {
  return writeManifest({ apiVersion: "v1", kind: "List", items: keys.map(secretOf) }, "yaml");
}

/** The keys of a backup. */
export interface Backup {
  /** There is at least one. */
  readonly usable: readonly KeySecret[];
  readonly unusable: readonly KeySecret[];
}

/**
 * Reads what `backupText` wrote, or `kubectl get secret -o yaml`, and holds each key against its certificate.
 *
 * @throws CommandError `keys` with `backup_without_keys`, and `backup_key_refused` where none can be used; `manifest_*`
 */
export async function readBackup(bytes: Uint8Array, source: string): Promise<Backup> {
  const text = decodeText(bytes);
  if (text === null) throw new CommandError({ code: "manifest_encoding", source });
  const secrets = manifestsIn(source, text)
    .map(({ value }) => fieldsOf(value))
    .filter(({ apiVersion, kind, data }) => apiVersion === "v1" && kind === "Secret" && "tls.key" in fieldsOf(data));
  const keys = await Promise.all(secrets.map(readKeySecret));
  const usable = keys.filter(({ problem }) => problem === null);
  const unusable = keys.filter(({ problem }) => problem !== null);
  if (usable.length > 0) return { usable, unusable };
  const [first] = unusable;
  if (first === undefined || first.problem === null) throw keyError({ code: "backup_without_keys", source });
  throw keyError({ code: "backup_key_refused", source, name: first.name, problem: first.problem });
}

/** The Secret of a key as it is to be created in a namespace. One without a label was a key by its name: it gets one. */
export function restorable(key: KeySecret, namespace: string): Fields {
  const secret = secretOf(key);
  const metadata = fieldsOf(secret["metadata"]);
  const labels = { [KEY_LABEL]: ACTIVE, ...fieldsOf(metadata["labels"]) };
  return { ...secret, metadata: { ...metadata, namespace, labels } };
}

function secretOf({ manifest }: KeySecret): Fields {
  const { metadata, type, data, immutable } = manifest;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: ownMetadata(fieldsOf(metadata)),
    type,
    data,
    ...(immutable === undefined ? {} : { immutable }),
  };
}

function ownMetadata(metadata: Fields): Fields {
  const kept = Object.fromEntries(Object.entries(metadata).filter(([name]) => KEPT_METADATA.includes(name)));
  const { [LAST_APPLIED]: _, ...annotations } = fieldsOf(metadata["annotations"]);
  const { annotations: _all, ...rest } = kept;
  return Object.keys(annotations).length === 0 ? rest : { ...rest, annotations };
}
