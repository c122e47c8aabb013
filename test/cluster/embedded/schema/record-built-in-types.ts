import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startRealCluster } from "../../real/real-cluster.ts";
import { addFieldNumbers } from "./add-field-numbers.ts";
import { BUILT_IN_KINDS, BUILT_IN_TYPES_FILE } from "./built-in-types.ts";
import { groupVersions, type OpenApiDocument, renderBuiltInTypes } from "./render-built-in-types.ts";

// Run by hand when the version of Kubernetes changes: node test/cluster/embedded/schema/record-built-in-types.ts

const KUBERNETES = new URL("../../../peers/kubernetes", import.meta.url);
const API_FOLDERS = [
  "apps/v1",
  "authentication/v1",
  "authorization/v1",
  "coordination/v1",
  "core/v1",
  "discovery/v1",
  "events/v1",
  "networking/v1",
  "policy/v1",
  "rbac/v1",
];

function readProtos(): string[] {
  const folderOf = (module: string) => {
    return execFileSync("go", ["list", "-m", "-f", "{{.Dir}}", module], { cwd: KUBERNETES, encoding: "utf8" }).trim();
  };
  const api = folderOf("k8s.io/api");
  const meta = join(folderOf("k8s.io/apimachinery"), "pkg/apis/meta/v1");
  const folders = [meta, ...API_FOLDERS.map((folder) => join(api, folder))];
  return folders.map((folder) => readFileSync(join(folder, "generated.proto"), "utf8"));
}

const cluster = await startRealCluster();
try {
  const documents: OpenApiDocument[] = [];
  for (const path of groupVersions(BUILT_IN_KINDS)) {
    documents.push((await cluster.admin.expectOk("GET", `/openapi/v3/${path}`)) as OpenApiDocument);
  }
  const types = renderBuiltInTypes(documents, BUILT_IN_KINDS);
  writeFileSync(BUILT_IN_TYPES_FILE, addFieldNumbers(types, readProtos()));
} finally {
  await cluster.stop();
}
