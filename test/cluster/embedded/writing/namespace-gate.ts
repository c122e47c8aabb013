import { forbidden, notFound } from "../api-error.ts";
import { subjectOf } from "../resource.ts";
import type { Store } from "../store/store.ts";
import type { Place } from "./object-writer.ts";

/** Refuses a new object where its namespace is not there, or on its way out. */
export function checkNamespace(store: Store, { resource, namespace }: Place, name: string | undefined): void {
  if (!resource.namespaced) return;
  const found = store.collection("namespaces").get("", namespace);
  if (found === null) throw notFound({ group: "", kind: "namespaces", name: namespace });
  if (found.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const message = `namespace ${namespace} is being terminated`;
  const cause = { reason: "NamespaceTerminating", message, field: "metadata.namespace" } as const;
  throw forbidden(subjectOf(resource, name), why, [cause]);
}
