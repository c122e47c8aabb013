/** Contexts with and without a namespace; nobody answers at its server. */
export const KUBECONFIG = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "first",
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "u", user: { token: "t" } }],
  contexts: [
    { name: "first", context: { cluster: "c", user: "u", namespace: "first-namespace" } },
    { name: "second", context: { cluster: "c", user: "u", namespace: "shop" } },
    { name: "third", context: { cluster: "c", user: "u" } },
  ],
});

const BASIC = `apiVersion: v1
kind: Secret
metadata: {name: database, namespace: shop}
stringData: {password: one}
`;

/** What the programs are given, by file name. */
export const MANIFESTS = {
  value: "correct horse,\n battery staple\n\n",
  "basic.yaml": BASIC,
  "basic.json": JSON.stringify({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "database", namespace: "shop" },
    data: { password: "b25l" },
  }),
  "many.yaml": `apiVersion: v1
kind: Secret
metadata: {name: one, namespace: shop}
stringData: {a: "1"}
---
---
# nothing
---
apiVersion: v1
kind: Secret
metadata: {name: two, namespace: shop}
stringData: {b: "2"}
`,
  "wide.yaml": `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
  annotations: {sealedsecrets.bitnami.com/cluster-wide: "true", note: kept}
stringData: {password: one}
`,
  "bare.yaml": `apiVersion: v1
kind: Secret
metadata: {name: database}
stringData: {password: one}
`,
  "nameless.yaml": `apiVersion: v1
kind: Secret
metadata: {labels: {added: "yes"}}
stringData: {added: two}
`,
  "empty.yaml": `apiVersion: v1
kind: Secret
metadata: {name: database, namespace: shop}
`,
  "rich.yaml": `apiVersion: v1
kind: Secret
metadata:
  resourceVersion: "12"
  uid: 0c5a1b0e-7a2b-4d3f-9d43-3d7f0e7d2d55
  creationTimestamp: "2024-01-01T00:00:00Z"
  generation: 2
  name: database
  namespace: shop
  labels: {z: last, a: first, app.kubernetes.io/name: shop}
  annotations:
    note: kept
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"one"}}'
  finalizers: [example.com/hold]
immutable: true
type: kubernetes.io/basic-auth
data: {username: YQ==, binary: AAEC/w==}
stringData: {password: one, username: b, a10: x, a2: y, A: z}
`,
  "numbers.yaml": `apiVersion: v1
kind: Secret
metadata: {name: database, namespace: shop}
stringData: {"10": a, "9": b, "-x": c, .y: d, a: e}
`,
  "escapes.yaml": `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
  annotations: {html: "a<b>&c", quote: "\\"\\\\/", control: "\\t\\n\\x01", lines: "\\u2028\\u2029", wide: "ü🔑"}
stringData: {password: one}
`,
  "merged-into.yaml": `apiVersion: v1
kind: Secret
metadata: {name: database, namespace: shop, labels: {app: shop}, annotations: {note: old}}
type: Opaque
stringData: {password: one, user: me}
`,
  "config-map.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: database, namespace: shop}
data: {password: b25l}
`,
  "twice.yaml": `apiVersion: v1
kind: Secret
metadata: {name: database, namespace: shop}
stringData: {password: one, password: two}
`,
  "update.yaml": `apiVersion: v1
kind: Secret
metadata: {name: another, namespace: elsewhere, labels: {tier: back}, annotations: {note: new}}
stringData: {password: two, more: three}
`,
  "broken.yaml": "a: [\n",
  "broken-second.yaml": `${BASIC}---\na: [\n`,
  "other-second.yaml": `${BASIC}---\nfoo: bar\n`,
  "list.yaml": `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: one, namespace: shop}, stringData: {a: "1"}}
- {apiVersion: v1, kind: Secret, metadata: {name: two, namespace: shop}, stringData: {b: "2"}}
`,
} as const;
