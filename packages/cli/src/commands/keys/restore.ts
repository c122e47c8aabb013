import { describeProblem, printable } from "@sealwright/core";
import { type Cluster, type ClusterRequest, withCluster } from "../../cluster/cluster.ts";
import { secretsIn } from "../../cluster/resource.ts";
import type { Io } from "../../io.ts";
import { keyError } from "../../keys/age-file.ts";
import { mustAgree } from "../../keys/agreement.ts";
import { readBackup, restorable } from "../../keys/backup.ts";
import { type KeyPlace, type KeySecret, readKeySecrets } from "../../keys/key-secret.ts";
import { type BackupOpeners, openBackup } from "../../keys/open-backup.ts";
import { STDIN } from "../../manifest.ts";
import { day } from "../../terminal/age.ts";
import { table } from "../../terminal/table.ts";
import { warn } from "../../warning.ts";

export interface KeyRestoreRequest extends BackupOpeners {
  readonly cluster: ClusterRequest;
  readonly place: KeyPlace;
  /** The backup; `-` is stdin. */
  readonly input: string;
  /** Show what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** Do not ask. */
  readonly yes: boolean;
}

/** Creates the keys of a backup that a cluster does not have. Those that are there stay as they are. */
export async function restoreKeys(request: KeyRestoreRequest, io: Io): Promise<void> {
  const { place, dryRun } = request;
  const source = request.input === STDIN ? "stdin" : request.input;
  const { usable: keys, unusable } = await readBackup(await readInput(request, source, io), source);
  for (const { name, problem } of unusable) {
    if (problem !== null) await warn(`${printable(name)} is passed over: ${describeProblem(problem)}`, io);
  }
  await withCluster(request.cluster, io, async (cluster) => {
    const steps = planOf(keys, await readKeySecrets(cluster, place));
    await refuseForeignNames(cluster, place, steps);
    const plan = planText(steps, place, io.stdout.columns ?? null);
    const missing = steps.filter(({ exists }) => exists === null);
    if (dryRun || missing.length === 0) return io.stdout.write(plan);
    await mustAgree(plan, `Create ${counted(missing.length)} in ${printable(place.namespace)}?`, request.yes, io);
    await create(cluster, place, missing, io);
  });
}

interface Step {
  readonly key: KeySecret;
  /** The name under which the cluster has it already; null where it is to be created. */
  readonly exists: string | null;
}

async function readInput(request: KeyRestoreRequest, source: string, io: Io): Promise<Uint8Array> {
  const bytes = await (request.input === STDIN ? io.stdin.read() : io.files.read(request.input));
  return openBackup(bytes, source, request, io);
}

/** A key is there if its fingerprint is, whatever its name. */
function planOf(keys: readonly KeySecret[], present: readonly KeySecret[]): readonly Step[] {
  return keys.map((key) => {
    const same = present.find((other) => other.certificate?.fingerprint === key.certificate?.fingerprint);
    return { key, exists: same?.name ?? null };
  });
}

/** Nothing is begun that cannot be ended. */
async function refuseForeignNames(cluster: Cluster, { namespace }: KeyPlace, steps: readonly Step[]): Promise<void> {
  const taken: string[] = [];
  for (const { key, exists } of steps) {
    if (exists === null && (await cluster.get(secretsIn(namespace), key.name)) !== null) taken.push(key.name);
  }
  if (taken.length > 0) throw keyError({ code: "names_taken", names: taken, namespace });
}

async function create(cluster: Cluster, { namespace }: KeyPlace, steps: readonly Step[], io: Io): Promise<void> {
  for (const { key } of steps) {
    const created = await cluster.create(secretsIn(namespace), restorable(key, namespace));
    if (created === null) throw keyError({ code: "names_taken", names: [key.name], namespace });
    await io.stdout.write(`${printable(namespace)}/${printable(key.name)} created\n`);
  }
}

function planText(steps: readonly Step[], { namespace }: KeyPlace, width: number | null): string {
  const rows = steps.map(({ key, exists }) => [
    printable(key.name),
    key.active ? "active" : "retired",
    day(key.certificate?.notBefore ?? null),
    exists === null ? `to be created in ${printable(namespace)}` : `is there${asName(exists, key.name)}`,
    key.certificate?.fingerprint ?? "",
  ]);
  return table(["NAME", "STATE", "BEGINS", "IN THE CLUSTER", "FINGERPRINT"], rows, width);
}

function asName(present: string, inBackup: string): string {
  return present === inBackup ? "" : ` as ${printable(present)}`;
}

function counted(count: number): string {
  return count === 1 ? "1 key" : `${count} keys`;
}
