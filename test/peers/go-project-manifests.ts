import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "../cluster/apply-manifests.ts";

interface Binding extends Manifest {
  readonly subjects?: readonly { readonly namespace?: string }[];
}

const FILES = ["crd.yaml", "rbac.yaml"];

/**
 * The Go project's CRD, ServiceAccount and RBAC, for a controller in `namespace`. The ClusterRoleBinding is the whole cluster's: a second
 * controller in another namespace takes it from the first.
 */
export function goProjectManifests(namespace = "kube-system"): readonly Manifest[] {
  return FILES.flatMap(read).map((manifest) => inNamespace(manifest, namespace));
}

function read(file: string): Binding[] {
  const text = readFileSync(join(import.meta.dirname, "sealed-secrets", "manifests", file), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS() as Binding);
}

function inNamespace(manifest: Binding, namespace: string): Manifest {
  const { metadata, subjects } = manifest;
  return {
    ...manifest,
    metadata: metadata.namespace === undefined ? metadata : { ...metadata, namespace },
    ...(subjects && {
      subjects: subjects.map((subject) => (subject.namespace === undefined ? subject : { ...subject, namespace })),
    }),
  };
}
