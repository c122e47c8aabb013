import { readSealedSecret } from "@sealwright/core";
import { describe, expect, test } from "vitest";
import { CommandError } from "../../src/failure.ts";
import { rotate } from "../../src/resealing/rotate.ts";

const place = { source: "a.yaml", document: 1, amongOthers: false, line: 1 };

function located(spec: object) {
  const object = {
    apiVersion: "bitnami.com/v1alpha1",
    kind: "SealedSecret",
    metadata: { name: "a", namespace: "b" },
    spec,
  };
  return { manifest: { value: object, place }, sealed: readSealedSecret(object) };
}

function answering(spec: object) {
  const body = new TextEncoder().encode(JSON.stringify({ metadata: { name: "a", namespace: "b" }, spec }));
  return { port: "", get: async () => body, post: async () => body };
}

describe("what the controller has sealed anew", () => {
  test("takes the place of what was sealed, and nothing else", async () => {
    const { spec } = await rotate(
      located({ encryptedData: { x: "OLD" }, template: { data: { y: "plain" } }, mine: 1 }),
      answering({ encryptedData: { x: "NEW" }, template: { type: "lost" } }),
    );
    expect(spec).toEqual({ encryptedData: { x: "NEW" }, template: { data: { y: "plain" } }, mine: 1 });
  });

  test("may be a blob of before 2018, as it was, or items in its place", async () => {
    const old = located({ data: "OLD" });
    expect((await rotate(old, answering({ data: "NEW" }))).spec).toEqual({ data: "NEW", encryptedData: {} });
    expect((await rotate(old, answering({ encryptedData: { x: "NEW" } }))).spec).toEqual({
      encryptedData: { x: "NEW" },
    });
  });

  test.each([
    ["nothing, in the place of a blob", { data: "OLD" }, {}],
    ["other items", { encryptedData: { x: "OLD" } }, { encryptedData: { y: "NEW" } }],
    [
      "perhaps what a template made of the item",
      { encryptedData: { x: "OLD" }, template: { data: { x: "{{ .x }}!" } } },
      { encryptedData: { x: "NEW" } },
    ],
  ])("is refused where it is %s", async (_, before, answer) => {
    await expect(rotate(located(before), answering(answer))).rejects.toThrow(CommandError);
  });

  test("is taken where the answer has the templates still", async () => {
    const template = { data: { x: "{{ .x }}!" } };
    const { spec } = await rotate(
      located({ encryptedData: { x: "OLD" }, template }),
      answering({ encryptedData: { x: "NEW" }, template }),
    );
    expect(spec.encryptedData).toEqual({ x: "NEW" });
  });
});
