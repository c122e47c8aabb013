/** `write.ts FILE`: makes a Secret and writes a status for each SealedSecret in a file, and does nothing else that a controller does. */
import { readFileSync } from "node:fs";
import { ApiClient } from "../../../test/cluster/api-client.ts";
import { concurrently } from "../concurrently.ts";
import type { AppliedSealedSecret } from "../world.ts";

interface Input {
  readonly server: string;
  readonly certificateAuthority: string;
  readonly token: string;
  readonly sealedSecrets: readonly AppliedSealedSecret[];
}

const [, , file = ""] = process.argv;
const { sealedSecrets, ...access } = JSON.parse(readFileSync(file, "utf8")) as Input;
const client = new ApiClient(access);
const value = Buffer.from("a password of some length").toString("base64");
const lastUpdateTime = `${new Date().toISOString().slice(0, 19)}Z`;

await concurrently(sealedSecrets, async (sealedSecret) => {
  const { name, namespace, uid } = sealedSecret.metadata;
  const owner = { apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", name, uid, controller: true };
  await client.expectOk("POST", `/api/v1/namespaces/${namespace}/secrets`, {
    body: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, labels: { app: "bench" }, ownerReferences: [owner] },
      data: { user: value, password: value },
    },
  });
  const status = { observedGeneration: 1, conditions: [{ type: "Synced", status: "True", lastUpdateTime }] };
  await client.expectOk("PUT", `/apis/bitnami.com/v1alpha1/namespaces/${namespace}/sealedsecrets/${name}/status`, {
    body: { ...sealedSecret, status },
  });
});
await client.close();
