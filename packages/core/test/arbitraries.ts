import fc from "fast-check";
import { SCOPES, type Secret } from "../src/index.ts";

/** What Kubernetes takes for the name of an item, and what trips an object's prototype. */
export const itemName = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", ".hidden", "tls.crt", "-", "_"),
  fc.stringMatching(/^[-._a-zA-Z0-9]{1,40}$/).filter((name) => name !== "." && !name.startsWith("..")),
);

export const itemValue = fc.uint8Array({ maxLength: 300 });

/** A DNS label. */
export const objectName = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);

export const scope = fc.constantFrom(...SCOPES);

export const secret: fc.Arbitrary<Secret> = fc
  .record({
    name: objectName,
    namespace: objectName,
    items: fc.uniqueArray(fc.tuple(itemName, itemValue), { selector: ([item]) => item, minLength: 1, maxLength: 4 }),
  })
  .map(({ name, namespace, items }) => ({ metadata: { name, namespace }, type: "Opaque", data: new Map(items) }));
