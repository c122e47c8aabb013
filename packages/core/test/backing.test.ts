import { expect, inject, test } from "vitest";
import { cryptography } from "#crypto";
import { cryptography as node } from "../src/crypto/node.ts";
import { cryptography as web } from "../src/crypto/web.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly backing: "node" | "web";
  }
}

test("this project's tests run on its own backing", () => {
  const backings = { node, web };
  expect(cryptography).toBe(backings[inject("backing")]);
  expect(node).not.toBe(web);
});
