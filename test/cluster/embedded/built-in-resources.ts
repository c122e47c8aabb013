import { asObject, asString } from "./json.ts";
import type { KubeObject } from "./kube-object.ts";
import {
  configMapColumns,
  defaultColumns,
  deploymentColumns,
  eventColumns,
  leaseColumns,
  namespaceColumns,
  secretColumns,
  serviceColumns,
} from "./output/columns.ts";
import type { Resource, Verb } from "./resource.ts";
import { configMapRules } from "./rules/config-map-rules.ts";
import { definitionRules } from "./rules/definition-rules.ts";
import { endpointsRules } from "./rules/endpoints-rules.ts";
import { coreEventRules, newEventRules, toCoreEvent, toNewEvent } from "./rules/event-rules.ts";
import { leaseRules } from "./rules/lease-rules.ts";
import { namespaceRules } from "./rules/namespace-rules.ts";
import { roleBindingRules, roleRules } from "./rules/role-rules.ts";
import { secretRules } from "./rules/secret-rules.ts";
import { makeServiceRules } from "./rules/service-rules.ts";
import { deploymentRules, podRules } from "./rules/workload-rules.ts";
import { builtInKind } from "./schema/built-in-types.ts";

const ALL_VERBS: readonly Verb[] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** Where custom resource definitions are stored. */
export const DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions";
/** Where events are, in the core group's form. */
const EVENTS = "events";

/** The built-in kinds that this API serves: what Sealwright's programs and manifests touch, and what those of the Go project do. */
export function makeBuiltInResources(): Resource[] {
  return [
    resource("v1/Namespace", "namespaces", {
      namespaced: false,
      shortNames: ["ns"],
      verbs: ALL_VERBS.filter((verb) => verb !== "deletecollection"),
      hasStatus: true,
      returnsDeleted: true,
      rules: namespaceRules,
      columns: namespaceColumns,
      selectableFields: { "status.phase": at("status", "phase") },
    }),
    resource("v1/Secret", "secrets", {
      rules: secretRules,
      columns: secretColumns,
      selectableFields: { type: at("type") },
    }),
    resource("v1/ConfigMap", "configmaps", { shortNames: ["cm"], rules: configMapRules, columns: configMapColumns }),
    resource("v1/ServiceAccount", "serviceaccounts", {
      shortNames: ["sa"],
      returnsDeleted: true,
      subresources: [{ name: "token", kind: "authentication.k8s.io/v1/TokenRequest", verbs: ["create"] }],
    }),
    resource("v1/Service", "services", {
      shortNames: ["svc"],
      categories: ["all"],
      hasStatus: true,
      createsOnUpdate: true,
      returnsDeleted: true,
      rules: makeServiceRules(),
      columns: serviceColumns,
      selectableFields: { "spec.clusterIP": at("spec", "clusterIP"), "spec.type": at("spec", "type") },
      subresources: [
        { name: "proxy", kind: "v1/ServiceProxyOptions", verbs: ["create", "delete", "get", "patch", "update"] },
      ],
    }),
    resource("v1/Endpoints", "endpoints", {
      singular: "endpoints",
      shortNames: ["ep"],
      createsOnUpdate: true,
      rules: endpointsRules,
    }),
    resource("v1/Pod", "pods", {
      shortNames: ["po"],
      categories: ["all"],
      hasStatus: true,
      hasGeneration: true,
      returnsDeleted: true,
      rules: podRules,
      selectableFields: { "status.phase": at("status", "phase"), "spec.nodeName": at("spec", "nodeName") },
    }),
    resource("v1/Event", "events", {
      shortNames: ["ev"],
      createsOnUpdate: true,
      rules: coreEventRules,
      columns: eventColumns,
      selectableFields: eventFields("involvedObject", "reportingComponent"),
    }),
    resource("events.k8s.io/v1/Event", "events", {
      shortNames: ["ev"],
      createsOnUpdate: true,
      rules: newEventRules,
      columns: eventColumns,
      selectableFields: eventFields("regarding", "reportingController"),
      collection: EVENTS,
      fromStored: toNewEvent,
      toStored: toCoreEvent,
    }),
    resource("apps/v1/Deployment", "deployments", {
      shortNames: ["deploy"],
      categories: ["all"],
      hasStatus: true,
      hasGeneration: true,
      rules: deploymentRules,
      columns: deploymentColumns,
    }),
    resource("coordination.k8s.io/v1/Lease", "leases", {
      createsOnUpdate: true,
      updatesUnconditionally: false,
      rules: leaseRules,
      columns: leaseColumns,
    }),
    resource("discovery.k8s.io/v1/EndpointSlice", "endpointslices", { hasGeneration: true }),
    resource("policy/v1/PodDisruptionBudget", "poddisruptionbudgets", {
      shortNames: ["pdb"],
      hasStatus: true,
      hasGeneration: true,
      updatesUnconditionally: false,
    }),
    resource("networking.k8s.io/v1/NetworkPolicy", "networkpolicies", { shortNames: ["netpol"], hasGeneration: true }),
    resource("networking.k8s.io/v1/Ingress", "ingresses", {
      shortNames: ["ing"],
      hasStatus: true,
      hasGeneration: true,
    }),
    resource("rbac.authorization.k8s.io/v1/Role", "roles", { createsOnUpdate: true, rules: roleRules }),
    resource("rbac.authorization.k8s.io/v1/RoleBinding", "rolebindings", {
      createsOnUpdate: true,
      rules: roleBindingRules,
    }),
    resource("rbac.authorization.k8s.io/v1/ClusterRole", "clusterroles", {
      namespaced: false,
      createsOnUpdate: true,
      rules: roleRules,
    }),
    resource("rbac.authorization.k8s.io/v1/ClusterRoleBinding", "clusterrolebindings", {
      namespaced: false,
      createsOnUpdate: true,
      rules: roleBindingRules,
    }),
    resource("apiextensions.k8s.io/v1/CustomResourceDefinition", "customresourcedefinitions", {
      namespaced: false,
      shortNames: ["crd", "crds"],
      categories: ["api-extensions"],
      hasStatus: true,
      hasGeneration: true,
      updatesUnconditionally: false,
      rules: definitionRules,
    }),
  ];
}

function resource(type: string, plural: string, particulars: Partial<Resource> = {}): Resource {
  const [kind = "", version = "", group = ""] = type.split("/").reverse();
  return {
    group,
    version,
    plural,
    singular: kind.toLowerCase(),
    kind,
    listKind: `${kind}List`,
    namespaced: true,
    shortNames: [],
    categories: [],
    verbs: ALL_VERBS,
    custom: false,
    schema: builtInKind(type),
    hasStatus: false,
    hasGeneration: false,
    createsOnUpdate: false,
    updatesUnconditionally: true,
    returnsDeleted: false,
    collection: group === "" ? plural : `${group}/${plural}`,
    rules: {},
    columns: defaultColumns,
    selectableFields: {},
    subresources: [],
    fromStored: (object) => object,
    toStored: (object) => object,
    ...particulars,
  };
}

function at(...path: readonly string[]): (object: KubeObject) => string {
  return (object) => {
    const holder = path.slice(0, -1).reduce((value, field) => asObject(value[field]), asObject(object));
    return asString(holder[path.at(-1) ?? ""]);
  };
}

function eventFields(about: string, controller: string): Resource["selectableFields"] {
  const aboutFields = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"];
  return {
    ...Object.fromEntries(aboutFields.map((field) => [`${about}.${field}`, at(about, field)])),
    [controller]: at(controller),
    reason: at("reason"),
    type: at("type"),
    source: (event) => asString(asObject(event["source"])["component"]) || asString(event[controller]),
  };
}
