import type { ApiClient } from "./api-client.ts";
import type { Cluster } from "./cluster.ts";
import { until } from "./until.ts";

/** Any object of a Kubernetes API, as far as one must know it to put it into a cluster. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * Puts objects into a cluster, in their order, over what is there of the same name. When the promise resolves, a CRD among them serves
 * its kind, and the garbage collector knows it.
 */
export async function applyManifests(cluster: Cluster, manifests: readonly Manifest[]): Promise<void> {
  for (const manifest of manifests) await apply(cluster.admin, manifest);
  if (manifests.some(isDefinition)) await cluster.noticeNewKinds();
}

function isDefinition({ kind }: Manifest): boolean {
  return kind === "CustomResourceDefinition";
}

async function apply(admin: ApiClient, manifest: Manifest): Promise<void> {
  const collection = await collectionOf(admin, manifest);
  const path = `${collection}/${manifest.metadata.name}`;
  const created = await admin.request("POST", collection, { body: manifest });
  if (created.status === 409) {
    const headers = { "content-type": "application/merge-patch+json" };
    await admin.expectOk("PATCH", path, { headers, body: manifest });
  } else if (created.status >= 300) {
    throw new Error(`POST ${collection}: ${created.status} ${created.text.slice(0, 500)}`);
  }
  if (isDefinition(manifest)) await served(admin, path);
}

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

async function collectionOf(admin: ApiClient, { apiVersion, kind, metadata }: Manifest): Promise<string> {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = (await admin.expectOk("GET", root)) as ResourceList;
  const resource = resources.find((each) => each.kind === kind && !each.name.includes("/"));
  if (resource === undefined) throw new Error(`the cluster does not serve ${kind} of ${apiVersion}`);
  const scope = resource.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : "";
  return `${root}${scope}/${resource.name}`;
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

async function served(admin: ApiClient, path: string): Promise<void> {
  const { spec } = (await admin.expectOk("GET", path)) as Definition;
  for (const { name } of spec.versions) {
    const collection = `/apis/${spec.group}/${name}/${spec.names.plural}`;
    await until(async () => (await admin.request("GET", collection)).status === 200, {
      what: `${collection} to be served`,
    });
  }
}
