import fc from "fast-check";
import { expect, test } from "vitest";
import { readManifests, rewriteManifest } from "../../../src/kubernetes-yaml/index.ts";
import { edited, indexOf, itemsOf, type Model, model, modelEdits, textOf } from "./manifest-model.ts";

interface Sealed {
  spec: { encryptedData: Record<string, string> };
}

function sealedOf(original: Model): Sealed {
  return readManifests(textOf(original))[indexOf(original)]?.value as Sealed;
}

test("the text of a manifest becomes, to the character, what it would be if it had been written with the new items", () => {
  fc.assert(
    fc.property(model, modelEdits, (original, edits) => {
      const wanted = edited(original, edits);
      const value = sealedOf(original);
      expect(value.spec.encryptedData).toEqual(itemsOf(original));
      value.spec.encryptedData = itemsOf(wanted);
      expect(rewriteManifest(textOf(original), indexOf(original), value)).toBe(textOf(wanted));
    }),
    { numRuns: 300 },
  );
});
