import type { Cause } from "../api-error.ts";
import { asArray, asObject, asString, type Json, type JsonObject } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import type { ResourceRules } from "../resource.ts";
import { invalidValue, required } from "./cause.ts";
import { dnsLabel } from "./name-rules.ts";

const HEADLESS = "None";

/** Makes the rules of Services, which hand out one cluster address after the other. */
export function makeServiceRules(): ResourceRules {
  let addresses = 1;
  const nextAddress = () => {
    addresses++;
    return `10.96.${addresses >> 8}.${addresses & 255}`;
  };
  return {
    default(service) {
      const spec = asObject(service["spec"]);
      service["spec"] = {
        sessionAffinity: "None",
        type: "ClusterIP",
        ...spec,
        ...(spec["type"] === "ExternalName"
          ? {}
          : { internalTrafficPolicy: spec["internalTrafficPolicy"] ?? "Cluster" }),
        ...(spec["ports"] === undefined ? {} : { ports: asArray(spec["ports"]).map(withTarget) }),
      };
    },

    prepareCreate(service) {
      const spec = asObject(service["spec"]);
      if (spec["type"] !== "ExternalName") {
        service["spec"] = withAddress(spec, asString(spec["clusterIP"]) || nextAddress());
      }
    },

    prepareUpdate(service, old) {
      const spec = asObject(service["spec"]);
      const oldSpec = asObject(old["spec"]);
      const kept = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"].filter(
        (field) => oldSpec[field] !== undefined,
      );
      service["spec"] = { ...Object.fromEntries(kept.map((field) => [field, oldSpec[field] ?? null])), ...spec };
    },

    validate: (service) => validatePorts(service),
    checkName: dnsLabel,
  };
}

function withTarget(port: Json): Json {
  const fields = asObject(port);
  return { ...fields, targetPort: fields["targetPort"] ?? fields["port"] ?? 0 };
}

function withAddress(spec: JsonObject, clusterIP: string): JsonObject {
  return { ...spec, clusterIP, clusterIPs: [clusterIP], ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" };
}

function validatePorts(service: KubeObject): Cause[] {
  const spec = asObject(service["spec"]);
  const ports = asArray(spec["ports"]).map(asObject);
  if (ports.length === 0 && spec["type"] !== "ExternalName" && spec["clusterIP"] !== HEADLESS) {
    return [required("spec.ports")];
  }
  return ports.flatMap((port, index) => [
    ...(ports.length > 1 && !port["name"] ? [required(`spec.ports[${index}].name`)] : []),
    ...validatePort(`spec.ports[${index}].port`, port["port"]),
    ...(typeof port["targetPort"] === "number"
      ? validatePort(`spec.ports[${index}].targetPort`, port["targetPort"])
      : []),
  ]);
}

function validatePort(field: string, port: Json | undefined): Cause[] {
  if (typeof port === "number" && port >= 1 && port <= 65535) return [];
  return [invalidValue(field, port ?? 0, "must be between 1 and 65535, inclusive")];
}
