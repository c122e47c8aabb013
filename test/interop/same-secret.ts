import { createHash } from "node:crypto";
import type { Secret } from "@sealwright/core";
import { expect } from "vitest";

/** Checks all that people see of a Secret: place, labels, annotations, type, immutable, and each item to the byte. */
export function expectSameSecret(opened: Secret, expected: Secret): void {
  expect(seen(opened)).toEqual(seen(expected));
}

/** Absent and empty maps are the same to a Kubernetes API. Values as digests: what differs is named and not printed whole. */
function seen({ metadata, type, immutable, data }: Secret) {
  const { namespace, name, labels = {}, annotations = {} } = metadata;
  const items = [...data].map(([item, value]) => [item, `${value.length} bytes, ${digest(value)}`] as const);
  return { namespace, name, labels, annotations, type, immutable: immutable === true, items: new Map(items) };
}

function digest(value: Uint8Array): string {
  return createHash("sha256").update(value).digest("hex").slice(0, 16);
}
