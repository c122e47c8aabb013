import { expect, test } from "vitest";
import { outputPathOf } from "../src/sealing/output-path.ts";

test.each([
  ["database.yaml", ".", null, undefined, "database.sealed.yaml"],
  ["database.secret.yaml", ".", null, undefined, "database.sealed.yaml"],
  ["a/b/api.secrets.yml", "a", null, undefined, "a/b/api.sealed.yml"],
  ["api.json", ".", null, undefined, "api.sealed.json"],
  ["a/.secret.yaml", "a", null, undefined, "a/.secret.sealed.yaml"],
  ["plain", ".", null, undefined, "plain.sealed.yaml"],
  ["a.b.c.yaml", ".", null, undefined, "a.b.c.sealed.yaml"],
  ["apps/shop/db.secret.yaml", "apps", "out", undefined, "out/shop/db.sealed.yaml"],
  ["db.plain", ".", null, "sealed/{name}.yaml", "sealed/db.yaml"],
  ["$&.yaml", ".", null, undefined, "$&.sealed.yaml"],
] as const)("%s from %s into %s as %s is %s", (path, base, folder, template, expected) => {
  expect(outputPathOf({ path, base }, folder, template)).toBe(expected);
});
