import { expect, test } from "vitest";
import { KeptSpecs, letGoOf } from "../../src/kubernetes/kept-specs.ts";
import type { SealedSecretObject } from "../../src/kubernetes/sealed-secrets.ts";

function object(name: string, length: number, record?: string): SealedSecretObject {
  return {
    metadata: { namespace: "shop", name },
    spec: { encryptedData: { password: "A".repeat(length) } },
    status: record === undefined ? {} : { record },
  };
}

function change(before: SealedSecretObject | null, after: SealedSecretObject | null) {
  return { key: "shop/database", before, after, initial: false };
}

const isRecorded = ({ status }: SealedSecretObject) => status?.record === "about it";

test("a spec that its record tells of is let go, and with it nothing else", () => {
  const specs = new KeptSpecs({ isRecorded });
  const reduced = specs.reduce(object("database", 100, "about it"));
  expect(letGoOf(reduced)).toBe("recorded");
  expect(reduced).toMatchObject({ metadata: { name: "database" }, status: { record: "about it" } });
  expect(JSON.stringify(reduced)).not.toContain("AAAA");
  const kept = specs.reduce(object("database", 100, "about another"));
  expect(letGoOf(kept)).toBeNull();
  expect(kept).toEqual(expect.objectContaining(object("database", 100, "about another")));
});

test("beyond what there is room for, specs are let go, until others have made room", () => {
  const specs = new KeptSpecs({ isRecorded, most: 1_000 });
  const first = specs.reduce(object("a", 800));
  specs.changed(change(null, first));
  const second = specs.reduce(object("b", 800));
  specs.changed(change(null, second));
  expect([letGoOf(first), letGoOf(second)]).toEqual([null, "too_many"]);
  const done = specs.reduce(object("a", 800, "about it"));
  specs.changed(change(first, done));
  expect(letGoOf(specs.reduce(object("b", 800)))).toBeNull();
  specs.changed(change(done, null));
  specs.changed(change(second, null));
  expect(letGoOf(specs.reduce(object("c", 990)))).toBe("too_many");
  expect(letGoOf(specs.reduce(object("c", 900)))).toBeNull();
});

test("what is nested too deeply to be written down is let go, and stops nothing", () => {
  const specs = new KeptSpecs({ isRecorded });
  const deep = JSON.parse(`${"[".repeat(200_000)}${"]".repeat(200_000)}`) as unknown;
  expect(letGoOf(specs.reduce({ metadata: { name: "deep" }, spec: deep }))).toBe("too_many");
});
