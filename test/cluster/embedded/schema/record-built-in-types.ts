import { writeFileSync } from "node:fs";
import { startRealCluster } from "../../real/real-cluster.ts";
import { BUILT_IN_KINDS, BUILT_IN_TYPES_FILE } from "./built-in-types.ts";
import { type OpenApiDocument, renderBuiltInTypes } from "./render-built-in-types.ts";

// Run by hand when the version of Kubernetes changes: node test/cluster/embedded/schema/record-built-in-types.ts
const cluster = await startRealCluster();
try {
  const versions = new Set(BUILT_IN_KINDS.map((kind) => kind.split("/").slice(0, -1).join("/")));
  const documents: OpenApiDocument[] = [];
  for (const version of versions) {
    const path = version === "v1" ? "api/v1" : `apis/${version}`;
    documents.push((await cluster.admin.expectOk("GET", `/openapi/v3/${path}`)) as OpenApiDocument);
  }
  writeFileSync(BUILT_IN_TYPES_FILE, renderBuiltInTypes(documents, BUILT_IN_KINDS));
} finally {
  await cluster.stop();
}
