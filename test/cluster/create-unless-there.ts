import type { ApiClient } from "./api-client.ts";

/** Creates an object in a collection, unless one of its name is there already. */
export async function createUnlessThere(admin: ApiClient, collection: string, body: object): Promise<void> {
  const { status, text } = await admin.request("POST", collection, { body });
  if (status >= 300 && status !== 409) throw new Error(`POST ${collection}: ${status} ${text.slice(0, 500)}`);
}

export function createNamespaceUnlessThere(admin: ApiClient, name: string): Promise<void> {
  return createUnlessThere(admin, "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
}
