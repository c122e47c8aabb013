import type { Cause } from "../api-error.ts";
import { asArray, asObject, asString, equalJson, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { ResourceRules } from "../resource.ts";
import { invalidValue, required } from "./cause.ts";

/** Nothing here runs a container, so a Pod waits for ever, unless somebody writes its status. */
export const podRules: ResourceRules = {
  default(pod) {
    pod["spec"] = { ...withPodDefaults(asObject(pod["spec"])), enableServiceLinks: true };
  },
  prepareCreate(pod) {
    pod["status"] = { phase: "Pending" };
  },
  validate: (pod) => validateContainers("spec.containers", asObject(pod["spec"])["containers"]),
};

export const deploymentRules: ResourceRules = {
  default(deployment) {
    const spec = asObject(deployment["spec"]);
    const template = asObject(spec["template"]);
    const type = asString(asObject(spec["strategy"])["type"]) || "RollingUpdate";
    const rollingUpdate = {
      maxUnavailable: "25%",
      maxSurge: "25%",
      ...asObject(asObject(spec["strategy"])["rollingUpdate"]),
    };
    deployment["spec"] = {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      strategy: { type, ...(type === "RollingUpdate" ? { rollingUpdate } : {}) },
      template: { ...template, spec: withPodDefaults(asObject(template["spec"])) },
    };
  },

  validate(deployment) {
    const spec = asObject(deployment["spec"]);
    const template = asObject(spec["template"]);
    const labels = asObject(asObject(template["metadata"])["labels"]);
    const wanted = Object.entries(asObject(asObject(spec["selector"])["matchLabels"]));
    const matches = wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
    const mismatch = "`selector` does not match template `labels`";
    return [
      ...(spec["selector"] === undefined ? [required("spec.selector")] : []),
      ...(matches ? [] : [invalidValue("spec.template.metadata.labels", labels, mismatch)]),
      ...validateContainers("spec.template.spec.containers", asObject(template["spec"])["containers"]),
    ];
  },

  validateUpdate(deployment, old) {
    const selector = asObject(deployment["spec"])["selector"] ?? null;
    if (equalJson(selector, asObject(old["spec"])["selector"] ?? null)) return [];
    return [invalidValue("spec.selector", selector, "field is immutable")];
  },
};

function validateContainers(field: string, containers: Json | undefined): Cause[] {
  return asArray(containers).length === 0 ? [required(field)] : [];
}

function withPodDefaults(spec: JsonObject): JsonObject {
  const containers = asArray(spec["containers"]).map((container) => withContainerDefaults(asObject(container)));
  const volumes = asArray(spec["volumes"]).map((volume) => withVolumeDefaults(asObject(volume)));
  return {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    ...spec,
    ...(containers.length === 0 ? {} : { containers }),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"];

function withContainerDefaults(container: JsonObject): JsonObject {
  const [, tag = "latest"] = /:([^/]+)$/.exec(asString(container["image"])) ?? [];
  const probes = PROBES.filter((name) => isJsonObject(container[name]));
  return {
    imagePullPolicy: tag === "latest" ? "Always" : "IfNotPresent",
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    ...container,
    ...Object.fromEntries(probes.map((name) => [name, withProbeDefaults(asObject(container[name]))])),
  };
}

function withProbeDefaults(probe: JsonObject): JsonObject {
  const { httpGet } = probe;
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...probe,
    ...(isJsonObject(httpGet) ? { httpGet: { path: "/", scheme: "HTTP", ...httpGet } } : {}),
  };
}

function withVolumeDefaults(volume: JsonObject): JsonObject {
  const files = ["configMap", "secret"].filter((source) => isJsonObject(volume[source]));
  return {
    ...volume,
    ...Object.fromEntries(files.map((source) => [source, { defaultMode: 0o644, ...asObject(volume[source]) }])),
  };
}
