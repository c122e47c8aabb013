import { printable, readSealedSecret, SEALED_SECRET_KIND, type SealedSecret } from "@sealwright/core";
import { type Cluster, type ClusterRequest, clusterError, fieldsOf, withCluster } from "../cluster/cluster.ts";
import { sealedSecretsIn } from "../cluster/resource.ts";
import { compare, type Difference } from "../diff/compare.ts";
import type { Io } from "../io.ts";
import { contextNamespace, DEFAULT_NAMESPACE } from "../kube-namespace.ts";
import { jsonText } from "../list-format.ts";
import { type Manifest, readSources, within } from "../manifest.ts";
import { findFiles } from "../paths/find-files.ts";
import { where } from "../place.ts";
import { type Colour, painter } from "../terminal/colour.ts";

export interface DiffRequest {
  readonly cluster: ClusterRequest;
  /** Files, folders and patterns. */
  readonly inputs: readonly string[];
  /** Of manifests that name none; where absent, the context's. */
  readonly namespace: string | undefined;
  readonly format: "text" | "json";
}

/** How many objects are asked for at a time. */
const AT_ONCE = 8;

/**
 * Prints what the SealedSecrets of files have otherwise than the cluster: no value, and no ciphertext.
 *
 * @throws CommandError `cluster` with `differs` where there is anything
 */
export async function showDifferences(request: DiffRequest, io: Io): Promise<void> {
  const { cluster: clusterRequest, inputs } = request;
  const namespace = request.namespace ?? (await contextNamespace(clusterRequest.kubeconfig, io)) ?? DEFAULT_NAMESPACE;
  const sealed = await readSealed(inputs, namespace, io);
  if (sealed.length === 0) throw clusterError({ code: "nothing_to_compare" });
  const compared = await withCluster(clusterRequest, io, (cluster) => compareAll(sealed, cluster));
  const different = compared.filter(({ differences }) => differences === null || differences.length > 0);
  const text = request.format === "json" ? jsonOf(compared) : different.map((each) => textOf(each, io)).join("");
  await io.stdout.write(text);
  if (different.length > 0) throw clusterError({ code: "differs", count: different.length, of: compared.length });
}

interface InFile {
  readonly manifest: Manifest;
  readonly sealed: SealedSecret;
  readonly namespace: string;
  readonly name: string;
}

interface Compared extends InFile {
  /** Null where the cluster has no such SealedSecret. */
  readonly differences: readonly Difference[] | null;
}

async function readSealed(inputs: readonly string[], fallback: string, io: Io): Promise<readonly InFile[]> {
  const search = { wants: (path: string) => /\.(ya?ml|json)$/i.test(path), skips: () => false };
  const found: InFile[] = [];
  for await (const { path } of findFiles(inputs, search, io)) {
    for (const manifest of await readSources([path], io)) {
      if (fieldsOf(manifest.value)["kind"] !== SEALED_SECRET_KIND) continue;
      const sealed = await within(manifest, () => readSealedSecret(manifest.value));
      const { namespace = "", name = "" } = sealed.metadata;
      if (name === "") throw clusterError({ code: "name_absent", place: manifest.place });
      found.push({ manifest, sealed, namespace: namespace === "" ? fallback : namespace, name });
    }
  }
  return found;
}

async function compareAll(sealed: readonly InFile[], cluster: Cluster): Promise<readonly Compared[]> {
  const compared: Compared[] = [];
  for (let start = 0; start < sealed.length; start += AT_ONCE) {
    const some = sealed.slice(start, start + AT_ONCE);
    compared.push(...(await Promise.all(some.map((each) => compareOne(each, cluster)))));
  }
  return compared;
}

async function compareOne(inFile: InFile, cluster: Cluster): Promise<Compared> {
  const object = await cluster.get(sealedSecretsIn(inFile.namespace), inFile.name);
  if (object === null) return { ...inFile, differences: null };
  return { ...inFile, differences: compare(inFile.sealed, readSealedSecret(object)) };
}

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;
const COLOURS: Readonly<Record<Difference["change"], Colour>> = { added: "cyan", removed: "red", changed: "yellow" };

function textOf({ manifest, namespace, name, differences }: Compared, io: Io): string {
  const paint = painter(io.stdout, io.env);
  const head = `${printable(namespace)}/${printable(name, 253)} (${printable(where(manifest.place), 500)})\n`;
  if (differences === null) return `${head}  ${paint("+", COLOURS.added)} the cluster does not have it\n`;
  const lines = differences.map((each) => `  ${paint(SIGNS[each.change], COLOURS[each.change])} ${describe(each)}\n`);
  return head + lines.join("");
}

function describe({ what, name, scopes }: Difference): string {
  if (scopes !== undefined) return `scope: ${scopes.inCluster} in the cluster, ${scopes.inFile} in the file`;
  return name === null ? printable(what, 300) : `${printable(what)} ${printable(name, 253)}`;
}

function jsonOf(compared: readonly Compared[]): string {
  return jsonText(
    compared.map(({ manifest, namespace, name, differences }) => {
      const { source, document } = manifest.place;
      return { namespace, name, source, document, inCluster: differences !== null, differences: differences ?? [] };
    }),
  );
}
