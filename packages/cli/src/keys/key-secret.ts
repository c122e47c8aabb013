import {
  type Certificate,
  KEY_LABEL,
  type Problem,
  readSealingKey,
  readSecret,
  SealwrightError,
} from "@sealwright/core";
import { type Cluster, type Fields, fieldsOf, textOf } from "../cluster/cluster.ts";
import { secretsIn } from "../cluster/resource.ts";
import { dateOf } from "../cluster/sealed-secret-state.ts";

/** The value of the label of a key that is in use; with any other value, it is retired. */
export const ACTIVE = "active";
/** The value that the Go project's users give to keys of which somebody else may know. */
export const COMPROMISED = "compromised";

/** A Secret that holds a sealing key, or should. */
export interface KeySecret {
  readonly name: string;
  readonly resourceVersion: string;
  readonly createdAt: Date | null;
  readonly active: boolean;
  /** Null where the key cannot be used, and then `problem` says why. */
  readonly certificate: Certificate | null;
  readonly problem: Problem | null;
  /** The whole Secret, private key and all: for a backup alone. */
  readonly manifest: Fields;
}

/** Where a controller keeps its keys. */
export interface KeyPlace {
  readonly namespace: string;
  /** Very old versions gave the key this very name, and no label. */
  readonly prefix: string;
}

/**
 * The keys in a cluster, whatever their label says, newest first and those that cannot be used last. Needs `list` and `get` on Secrets.
 *
 * @throws CommandError `cluster`
 */
export async function readKeySecrets(cluster: Cluster, { namespace, prefix }: KeyPlace): Promise<readonly KeySecret[]> {
  const resource = secretsIn(namespace);
  const manifests: Fields[] = [];
  for await (const { items } of cluster.list(resource, KEY_LABEL)) manifests.push(...items.map(fieldsOf));
  const unlabelled = await cluster.get(resource, prefix);
  if (unlabelled !== null && labelOf(unlabelled) === undefined) manifests.push(unlabelled);
  const keys = await Promise.all(manifests.map(readKeySecret));
  return keys.sort((a, b) => beginOf(b) - beginOf(a));
}

/** The key that new SealedSecrets are sealed to. */
export function newestOf(keys: readonly KeySecret[]): KeySecret | null {
  return keys.find(({ active, certificate }) => active && certificate !== null) ?? null;
}

/** @param manifest a Secret, with or without its kind */
export async function readKeySecret(manifest: Fields): Promise<KeySecret> {
  const metadata = fieldsOf(manifest["metadata"]);
  const common = {
    name: textOf(metadata["name"]),
    resourceVersion: textOf(metadata["resourceVersion"]),
    createdAt: dateOf(metadata["creationTimestamp"]),
    active: (labelOf(manifest) ?? ACTIVE) === ACTIVE,
    manifest,
  };
  try {
    const { data } = readSecret({ ...manifest, apiVersion: "v1", kind: "Secret" });
    const pem = (item: string) => new TextDecoder().decode(data.get(item) ?? new Uint8Array());
    const { certificate } = await readSealingKey({ privateKey: pem("tls.key"), certificate: pem("tls.crt") });
    return { ...common, certificate, problem: null };
  } catch (error) {
    if (!(error instanceof SealwrightError)) throw error;
    return { ...common, certificate: null, problem: error.problem };
  }
}

function labelOf({ metadata }: Fields): unknown {
  return fieldsOf(fieldsOf(metadata)["labels"])[KEY_LABEL];
}

function beginOf({ certificate }: KeySecret): number {
  return certificate?.notBefore.getTime() ?? Number.NEGATIVE_INFINITY;
}
