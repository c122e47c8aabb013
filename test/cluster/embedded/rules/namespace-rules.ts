import { asArray } from "../json.ts";
import type { ResourceRules } from "../resource.ts";
import { dnsLabel } from "./name-rules.ts";

/** The label by which selectors find a namespace by name. */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** Held by the controller that empties a namespace before it goes. */
export const NAMESPACE_FINALIZER = "kubernetes";

export const namespaceRules: ResourceRules = {
  default(namespace) {
    const { name } = namespace.metadata;
    if (name) namespace.metadata.labels = { ...namespace.metadata.labels, [NAME_LABEL]: name };
  },

  prepareCreate(namespace) {
    namespace["spec"] = { finalizers: [NAMESPACE_FINALIZER] };
    namespace["status"] = { phase: "Active" };
  },

  prepareUpdate(namespace, old) {
    namespace["spec"] = old["spec"] ?? { finalizers: asArray(null) };
  },

  checkName: dnsLabel,
};
