import { randomBytes } from "node:crypto";

/** Secrets of two items, as `kubectl create secret --dry-run=client -o yaml` writes them. */
export function manifests(count: number): string {
  return Array.from({ length: count }, (_, index) => manifest(index, credentials(index))).join("---\n");
}

/** The same, with metadata in braces, as hardly anybody writes it. */
export function flowManifests(count: number): string {
  const flow = (_: unknown, index: number) =>
    `apiVersion: v1\nkind: Secret\nmetadata: {name: secret-${index}, namespace: bench}\ndata:\n${items(credentials(index))}`;
  return Array.from({ length: count }, flow).join("---\n");
}

/** A Secret with one value of so many bytes. */
export function largeManifest(bytes: number): string {
  return manifest(0, { value: randomBytes(bytes).toString("base64") });
}

/** A Secret with so many items. */
export function wideManifest(count: number): string {
  const data = Array.from({ length: count }, (_, index) => [
    `item-${index}`,
    base64(`a value of some length ${index}`),
  ]);
  return manifest(0, Object.fromEntries(data));
}

type Data = Readonly<Record<string, string>>;

function manifest(index: number, data: Data): string {
  const metadata = `metadata:\n  name: secret-${index}\n  namespace: bench\n`;
  return `apiVersion: v1\ndata:\n${items(data)}kind: Secret\n${metadata}`;
}

function items(data: Data): string {
  return Object.entries(data)
    .map(([name, value]) => `  ${name}: ${value}\n`)
    .join("");
}

function credentials(index: number): Data {
  return { password: base64(`a password of some length ${index}`), user: base64(`user-${index}`) };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
