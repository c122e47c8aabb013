import { describeProblem, printable } from "@sealwright/core";
import { type Cluster, type ClusterRequest, withCluster } from "../../cluster/cluster.ts";
import { CommandError } from "../../failure.ts";
import type { Io } from "../../io.ts";
import { type Dependence, readDependence } from "../../keys/dependence.ts";
import { type KeyPlace, type KeySecret, newestOf, readKeySecrets } from "../../keys/key-secret.ts";
import { jsonText, type ListFormat } from "../../list-format.ts";
import { age, day, isoSecond } from "../../terminal/age.ts";
import { table } from "../../terminal/table.ts";
import { warn } from "../../warning.ts";

export interface KeyListRequest {
  readonly cluster: ClusterRequest;
  readonly place: KeyPlace;
  readonly format: ListFormat;
}

/** Shows the keys of a cluster, newest first, and how many SealedSecrets need each. */
export async function listKeys({ cluster: request, place, format }: KeyListRequest, io: Io): Promise<void> {
  const { keys, dependence } = await withCluster(request, io, async (cluster) => ({
    keys: await readKeySecrets(cluster, place),
    dependence: await dependenceIfAllowed(cluster, io),
  }));
  const newest = newestOf(keys);
  const lines = keys.map((key) => lineOf(key, key === newest, dependence));
  if (format === "json") return io.stdout.write(jsonText({ keys: lines, untold: dependence?.untold.length ?? null }));
  if (lines.length === 0) return io.stdout.write(`There are no sealing keys in ${printable(place.namespace)}.\n`);
  const now = io.clock.now();
  const rows = lines.map((line, index) => rowOf(line, keys[index], now));
  const head = ["NAME", "STATE", "CREATED", "AGE", "EXPIRES", "NEEDED BY", "FINGERPRINT"];
  await io.stdout.write(table(head, rows, io.stdout.columns ?? null) + untoldLine(dependence));
}

interface KeyLine {
  readonly name: string;
  readonly state: "newest" | "active" | "retired" | "unusable";
  readonly fingerprint: string | null;
  /** ISO 8601, in UTC. */
  readonly created: string | null;
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  /** How many SealedSecrets need it; null where that could not be looked at. */
  readonly dependants: number | null;
  readonly problem: string | null;
}

function lineOf(key: KeySecret, isNewest: boolean, dependence: Dependence | null): KeyLine {
  const { name, certificate, problem, active } = key;
  return {
    name,
    state: certificate === null ? "unusable" : isNewest ? "newest" : active ? "active" : "retired",
    fingerprint: certificate?.fingerprint ?? null,
    created: isoSecond(key.createdAt),
    notBefore: isoSecond(certificate?.notBefore ?? null),
    notAfter: isoSecond(certificate?.notAfter ?? null),
    dependants: certificate === null ? 0 : (dependence?.of(certificate.fingerprint).length ?? null),
    problem: problem === null ? null : describeProblem(problem),
  };
}

function rowOf({ name, state, dependants, fingerprint, problem }: KeyLine, key: KeySecret | undefined, now: Date) {
  const created = key?.createdAt ?? null;
  const expires = key?.certificate?.notAfter ?? null;
  const needed = dependants === null ? "?" : String(dependants);
  return [printable(name), state, day(created), age(created, now), day(expires), needed, fingerprint ?? problem ?? ""];
}

function untoldLine(dependence: Dependence | null): string {
  const count = dependence?.untold.length ?? 0;
  if (count === 0) return "";
  return `${count} of ${dependence?.total} SealedSecrets do not tell which key they need: sealwright keys status names them.\n`;
}

/** Who may see the keys need not see what they sealed. */
async function dependenceIfAllowed(cluster: Cluster, io: Io): Promise<Dependence | null> {
  try {
    return await readDependence(cluster);
  } catch (error) {
    const failure = error instanceof CommandError ? error.failure : null;
    if (failure?.code !== "cluster" || failure.problem.code !== "not_allowed") throw error;
    await warn("who needs which key is not known: you may not list sealedsecrets in all namespaces", io);
    return null;
  }
}
