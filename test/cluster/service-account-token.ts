import type { ApiClient } from "./api-client.ts";
import { createNamespaceUnlessThere, createUnlessThere } from "./create-unless-there.ts";

const ONE_DAY_S = 86_400;

/** A token of a ServiceAccount by TokenRequest, valid for a day; makes the account and its namespace where they are not there. */
export async function serviceAccountToken(admin: ApiClient, namespace: string, name: string): Promise<string> {
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await createNamespaceUnlessThere(admin, namespace);
  await createUnlessThere(admin, accounts, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
  const request = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: ONE_DAY_S },
  };
  const answer = await admin.expectOk("POST", `${accounts}/${name}/token`, { body: request });
  return (answer as { status: { token: string } }).status.token;
}
