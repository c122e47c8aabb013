import { KEY_LABEL, printable } from "@sealwright/core";
import { type Cluster, type ClusterRequest, withCluster } from "../../cluster/cluster.ts";
import { secretsIn } from "../../cluster/resource.ts";
import type { Io } from "../../io.ts";
import { keyError } from "../../keys/age-file.ts";
import { mustAgree } from "../../keys/agreement.ts";
import { type Dependence, readDependence } from "../../keys/dependence.ts";
import { COMPROMISED, type KeyPlace, type KeySecret, newestOf, readKeySecrets } from "../../keys/key-secret.ts";
import { day } from "../../terminal/age.ts";
import { nameLine } from "./status.ts";

export interface KeyRetireRequest {
  readonly cluster: ClusterRequest;
  readonly place: KeyPlace;
  /** Names of Secrets, or fingerprints. */
  readonly asked: readonly string[];
  /** Do not ask. */
  readonly yes: boolean;
  /** Retire what is needed, and the newest. */
  readonly force: boolean;
}

/** Takes keys out of use, once somebody has seen what needs them. The Secrets stay, with another value of their label. */
export async function retireKeys(request: KeyRetireRequest, io: Io): Promise<void> {
  const { place, asked, yes, force } = request;
  await withCluster(request.cluster, io, async (cluster) => {
    const keys = await readKeySecrets(cluster, place);
    const chosen = [...new Set(asked.map((name) => keyOf(name, keys)))];
    const newest = newestOf(keys);
    if (newest !== null && chosen.includes(newest) && !force) throw keyError({ code: "key_newest", name: newest.name });
    const active = chosen.filter((key) => key.active);
    if (active.length > 0) {
      const dependence = await readDependence(cluster);
      if (yes && !force) refuseNeeded(active, dependence);
      const question = active.length === 1 ? "Retire this key?" : `Retire these ${active.length} keys?`;
      await mustAgree(planText(active, dependence), question, yes, io);
    }
    for (const key of chosen) {
      if (key.active) await retire(cluster, place, key);
      const said = key.active ? "retired" : "was retired before";
      await io.stdout.write(`${printable(place.namespace)}/${printable(key.name)} ${said}\n`);
    }
  });
}

function keyOf(asked: string, keys: readonly KeySecret[]): KeySecret {
  const isMeant = ({ name, certificate }: KeySecret) =>
    name === asked || (/^SHA256:.{8}/.test(asked) && (certificate?.fingerprint.startsWith(asked) ?? false));
  const [found, ...others] = keys.filter(isMeant);
  if (found === undefined) throw keyError({ code: "key_unknown", asked, found: keys.map(({ name }) => name) });
  if (others.length === 0) return found;
  throw keyError({ code: "key_ambiguous", asked, found: [found, ...others].map(({ name }) => name) });
}

function refuseNeeded(keys: readonly KeySecret[], dependence: Dependence): void {
  for (const { name, certificate } of keys) {
    const count = certificate === null ? 0 : dependence.of(certificate.fingerprint).length + dependence.untold.length;
    if (count > 0) throw keyError({ code: "key_needed", name, count });
  }
}

function planText(keys: readonly KeySecret[], dependence: Dependence): string {
  const lines = keys.flatMap((key) => {
    const { name, certificate } = key;
    const dependants = certificate === null ? [] : dependence.of(certificate.fingerprint);
    const need =
      dependants.length === 0
        ? "  no SealedSecret is known to need it"
        : `  needed by ${dependants.length === 1 ? "1 SealedSecret" : `${dependants.length} SealedSecrets`}, which nothing opens any more:`;
    const what = `${printable(name)}, of ${day(certificate?.notBefore ?? null)}  ${certificate?.fingerprint ?? ""}`;
    return [what.trimEnd(), need, ...dependants.map(nameLine)];
  });
  const { untold } = dependence;
  if (untold.length > 0) lines.push("These do not tell which key they need:", ...untold.map(nameLine));
  return `${lines.join("\n")}\n`;
}

async function retire(cluster: Cluster, { namespace }: KeyPlace, { name, resourceVersion }: KeySecret): Promise<void> {
  const change = { metadata: { resourceVersion, labels: { [KEY_LABEL]: COMPROMISED } } };
  const changed = await cluster.patch(secretsIn(namespace), name, change);
  if (changed === null) throw keyError({ code: "key_changed", name });
}
