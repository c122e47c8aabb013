import { asArray, asObject } from "../json.ts";
import type { ResourceRules } from "../resource.ts";

export const endpointsRules: ResourceRules = {
  default(endpoints) {
    const subsets = asArray(endpoints["subsets"]).map(asObject);
    if (subsets.length === 0) return;
    endpoints["subsets"] = subsets.map((subset) => ({
      ...subset,
      ports: asArray(subset["ports"]).map((port) => ({ protocol: "TCP", ...asObject(port) })),
    }));
  },
  warn: () => ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"],
};
