import { expect, inject, test } from "vitest";
import { cryptography } from "#crypto";
import { templateHost } from "#template-host";

declare module "vitest" {
  interface ProvidedContext {
    readonly backing: "node" | "web";
  }
}

/** Loaded one by one: a browser cannot load what is Node's. */
const BACKINGS = {
  node: () => Promise.all([import("../src/crypto/node.ts"), import("../src/template/host-node.ts")]),
  web: () => Promise.all([import("../src/crypto/web.ts"), import("../src/template/host-web.ts")]),
};

test("this project's tests run on its own backing", async () => {
  const [crypto, host] = await BACKINGS[inject("backing")]();
  expect(cryptography).toBe(crypto.cryptography);
  expect(templateHost).toBe(host.templateHost);
});
