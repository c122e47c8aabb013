import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTemplateEngine, KeyRing, reseal, type Secret, type TemplateEngine, unseal } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { openWithGoPackage, openWithKubeseal } from "./go-files.ts";
import { type InteropKeys, makeKeyFiles } from "./key-files.ts";
import { DIMENSIONS, LARGEST_SPEC_DATA, MATRIX, matrixCases } from "./matrix-cases.ts";
import { pairsOf, product } from "./pairwise.ts";
import { expectSameSecret } from "./same-secret.ts";
import { isSpecData, type SealedCase, sealedByCore, sealedByGo } from "./sealed-cases.ts";

const CASES = matrixCases("shop", [...MATRIX, LARGEST_SPEC_DATA]);
const ITEM_CASES = CASES.filter((each) => !isSpecData(each));

it("has every pair of levels, but for these", () => {
  const covered = new Set(MATRIX.flatMap(pairsOf));
  const missing = product(DIMENSIONS)
    .flatMap(pairsOf)
    .filter((pair) => !covered.has(pair));
  expect(new Set(missing)).toEqual(
    new Set([
      "items 0, values empty",
      "items 0, values binary",
      "items 0, values 900 KB",
      "items 1, values none",
      "items 50, values none",
      "values 900 KB, format spec.data",
    ]),
  );
});

describeWithPeers("core and the Go project, file by file", ["kubeseal", "sealedSecretsOracle"], () => {
  let folder: string;
  let keys: InteropKeys;
  let engine: TemplateEngine;
  const byGo = new Map<string, SealedCase>();
  const byCore = new Map<string, SealedCase>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-matrix-"));
    keys = await makeKeyFiles(folder);
    engine = createTemplateEngine();
    for (const each of await sealedByGo(CASES, keys)) byGo.set(each.title, each);
    for (const each of await sealedByCore(CASES, keys)) byCore.set(each.title, each);
  });
  afterAll(async () => {
    engine?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const sealedBy = (sealed: ReadonlyMap<string, SealedCase>, title: string) => {
    const found = sealed.get(title);
    if (found === undefined) throw new Error(`${title} is not sealed`);
    return found.sealed;
  };
  const ring = () => new KeyRing(Object.values(keys).map(({ key }) => key));

  describe("Go seals, core opens", () => {
    it.each(CASES)("$title", async ({ title, expected }) => {
      const options = { templates: engine, acceptDeprecatedData: true };
      expectSameSecret((await unseal(sealedBy(byGo, title), ring(), options)).secret, expected);
    });
  });

  describe("core seals, the Go kubeseal opens", () => {
    it.each(ITEM_CASES)("$title", async ({ title, expected }) => {
      expectSameSecret(await openWithKubeseal(sealedBy(byCore, title), ...Object.values(keys)), expected);
    });
  });

  it("what Go sealed and core sealed anew opens in Go, with the new key alone", async () => {
    const options = { acceptDeprecatedData: true, hints: true };
    const anew = await Promise.all(
      [...byGo.values()].map(async ({ sealed }) => (await reseal(sealed, ring(), options)).sealedSecret),
    );
    const secrets = await openWithGoPackage(anew, keys.newest);
    for (const [index, { expected }] of [...byGo.values()].entries()) {
      expectSameSecret(secrets[index] as Secret, expected);
    }
  });
});
