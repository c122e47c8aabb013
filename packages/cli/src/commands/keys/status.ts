import { printable } from "@sealwright/core";
import { type ClusterRequest, withCluster } from "../../cluster/cluster.ts";
import type { Io } from "../../io.ts";
import { keyError } from "../../keys/age-file.ts";
import { type Dependant, type Dependence, readDependence } from "../../keys/dependence.ts";
import { type KeyPlace, type KeySecret, newestOf, readKeySecrets } from "../../keys/key-secret.ts";
import { jsonText, type ListFormat } from "../../list-format.ts";
import { age, day } from "../../terminal/age.ts";

export interface KeyStatusRequest {
  readonly cluster: ClusterRequest;
  readonly place: KeyPlace;
  readonly format: ListFormat;
}

/** Says of each key but the newest what still needs it, and which can be retired. */
export async function showKeyStatus({ cluster: request, place, format }: KeyStatusRequest, io: Io): Promise<void> {
  const { keys, dependence } = await withCluster(request, io, async (cluster) => ({
    keys: await readKeySecrets(cluster, place),
    dependence: await readDependence(cluster),
  }));
  if (keys.length === 0) throw keyError({ code: "keys_absent", namespace: place.namespace });
  const newest = newestOf(keys);
  const others = keys
    .filter((key) => key !== newest && key.certificate !== null)
    .map((key) => ({ key, dependants: dependence.of(key.certificate?.fingerprint ?? "") }));
  if (format === "table") return io.stdout.write(statusText(newest, others, dependence, io.clock.now()));
  const json = {
    newest: newest?.name ?? null,
    others: others.map(({ key, dependants }) => ({
      name: key.name,
      fingerprint: key.certificate?.fingerprint ?? null,
      state: key.active ? "active" : "retired",
      dependants,
      retirable: isRetirable(key, dependants, dependence),
    })),
    untold: dependence.untold,
  };
  await io.stdout.write(jsonText(json));
}

interface OldKey {
  readonly key: KeySecret;
  readonly dependants: readonly Dependant[];
}

/** A SealedSecret that does not tell may need any of them. */
function isRetirable({ active }: KeySecret, dependants: readonly Dependant[], { untold }: Dependence): boolean {
  return active && dependants.length === 0 && untold.length === 0;
}

function statusText(newest: KeySecret | null, others: readonly OldKey[], dependence: Dependence, now: Date): string {
  const { untold } = dependence;
  const lines = [newest === null ? "There is no key to seal to." : newestLine(newest, now)];
  for (const { key, dependants } of others) {
    lines.push("", `${printable(key.name)}  ${key.active ? "active" : "retired"}  ${key.certificate?.fingerprint}`);
    lines.push(...adviceOn(key, dependants, dependence));
  }
  if (untold.length > 0) lines.push("", "These do not tell which key they need (nothing has opened them as they are):");
  lines.push(...untold.map(nameLine));
  return `${lines.join("\n")}\n`;
}

function newestLine({ name, certificate, createdAt }: KeySecret, now: Date): string {
  const expires = `its certificate expires on ${day(certificate?.notAfter ?? null)}`;
  return `${printable(name)}  newest, ${age(createdAt, now)} old; ${expires}  ${certificate?.fingerprint}`;
}

function adviceOn(key: KeySecret, dependants: readonly Dependant[], dependence: Dependence): readonly string[] {
  if (dependants.length > 0) {
    const needs = dependants.length === 1 ? "1 SealedSecret needs it" : `${dependants.length} SealedSecrets need it`;
    const what = key.active ? "seal them anew before it is retired" : "nothing opens them any more: seal them anew";
    return [`  ${needs}: ${what}`, ...dependants.map(nameLine)];
  }
  if (!key.active) return ["  nothing needs it"];
  if (!isRetirable(key, dependants, dependence)) return ["  nothing is known to need it, but not all of them tell"];
  return [`  nothing needs it: sealwright keys retire ${printable(key.name)}`];
}

export function nameLine({ namespace, name }: Dependant): string {
  return `    ${printable(namespace)}/${printable(name)}`;
}
