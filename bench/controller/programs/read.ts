/** `read.ts FILE`: reads all SealedSecrets and the metadata of all Secrets once, and does nothing else that a controller does. */
import { readFileSync } from "node:fs";
import { ApiClient } from "../../../test/cluster/api-client.ts";

interface Input {
  readonly server: string;
  readonly certificateAuthority: string;
  readonly token: string;
}

const [, , file = ""] = process.argv;
const client = new ApiClient(JSON.parse(readFileSync(file, "utf8")) as Input);
const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
await Promise.all([
  client.expectOk("GET", "/apis/bitnami.com/v1alpha1/sealedsecrets"),
  client.expectOk("GET", "/api/v1/secrets", { headers: { accept } }),
]);
await client.close();
