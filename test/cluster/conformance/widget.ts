import type { Manifest } from "../apply-manifests.ts";

/** The group and version of the widgets. */
export const WIDGETS_VERSION = "conformance.example.com/v1";

/** A field of every kind that API servers treat in a way of its own. */
const spec = {
  type: "object",
  required: ["size"],
  properties: {
    size: { type: "integer", minimum: 1, maximum: 10 },
    color: { type: "string", enum: ["red", "blue"], default: "red" },
    name: { type: "string", pattern: "^[a-z]+$", minLength: 2, maxLength: 5 },
    note: { type: "string", nullable: true, default: "none" },
    map: { type: "object", additionalProperties: { type: "string" } },
    nullableMap: { type: "object", additionalProperties: { type: "string", nullable: true } },
    raw: {
      type: "object",
      "x-kubernetes-preserve-unknown-fields": true,
      properties: { known: { type: "integer" } },
    },
    defaulted: { type: "object", default: {}, properties: { inner: { type: "integer", default: 3 } } },
    list: {
      type: "array",
      items: {
        type: "object",
        required: ["key"],
        properties: { key: { type: "string" }, value: { type: "string" } },
      },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["key"],
    },
    set: { type: "array", items: { type: "string" }, maxItems: 3, "x-kubernetes-list-type": "set" },
    port: { "x-kubernetes-int-or-string": true },
    when: { type: "string", format: "date-time" },
    bytes: { type: "string", format: "byte" },
    fraction: { type: "number" },
    flag: { type: "boolean" },
    small: { type: "integer", format: "int32" },
    either: {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "string" } },
      anyOf: [{ required: ["a"] }, { required: ["b"] }],
    },
  },
};

const status = {
  type: "object",
  properties: {
    phase: { type: "string" },
    observedGeneration: { type: "integer", default: -1 },
    conditions: {
      type: "array",
      items: { type: "object", properties: { type: { type: "string" }, status: { type: "string" } } },
    },
  },
};

/** A kind that has nothing to do with any program, with a schema that exercises what an API server does with one. */
export const widgetDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.conformance.example.com" },
  spec: {
    group: "conformance.example.com",
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget", shortNames: ["wd"], categories: ["toys"] },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", required: ["spec"], properties: { spec, status } } },
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: "Phase", type: "string", jsonPath: ".status.phase" },
          { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: "Size", type: "integer", jsonPath: ".spec.size", priority: 1 },
          { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
        ],
      },
    ],
  },
} satisfies Manifest & Record<string, unknown>;

/** A widget that is valid but for what is said. */
export function widget(name: string, spec: object | null = {}, rest: object = {}): object {
  const whole = spec && !Array.isArray(spec) ? { size: 1, ...spec } : spec;
  return { apiVersion: WIDGETS_VERSION, kind: "Widget", metadata: { name }, spec: whole, ...rest };
}
