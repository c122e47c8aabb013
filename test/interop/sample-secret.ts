import type { Scope } from "@sealwright/core";

/** What both sides must carry over to the byte: text, bytes that are no text, and nothing at all. */
export const SAMPLE_ITEMS: ReadonlyMap<string, Buffer> = new Map([
  ["password", Buffer.from("correct horse, battery staple\n")],
  ["unicode", Buffer.from("pässwörd – 密码 🔑")],
  ["binary", Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256))],
  ["empty", Buffer.alloc(0)],
  ["config.yaml", Buffer.from("a: 1\nb:\n  - yes\n")],
]);

export const SCOPE_NAMES: readonly Scope[] = ["strict", "namespace-wide", "cluster-wide"];

/** The manifest of a plaintext Secret with the sample's items, as JSON. */
export function sampleManifest(namespace: string, name: string): string {
  const data = Object.fromEntries([...SAMPLE_ITEMS].map(([item, value]) => [item, value.toString("base64")]));
  const metadata = { namespace, name, labels: { "app.kubernetes.io/name": "sample" }, annotations: { note: "kept" } };
  return JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data });
}
