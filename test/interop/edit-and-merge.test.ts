import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  edit,
  KeyRing,
  readHints,
  readSealedSecret,
  type Secret,
  seal,
  secretManifest,
  unseal,
} from "@sealwright/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { runKubeseal } from "../peers/kubeseal.ts";
import { openWithKubeseal, sealWithKubeseal } from "./go-files.ts";
import { type InteropKeys, makeKeyFiles } from "./key-files.ts";
import { expectSameSecret } from "./same-secret.ts";
import { SCOPE_NAMES } from "./sample-secret.ts";

/** One object that both have had in their hands. */
describeWithPeers("single items, changed by the one in what the other sealed", ["kubeseal"], () => {
  let folder: string;
  let keys: InteropKeys;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-interop-"));
    keys = await makeKeyFiles(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(SCOPE_NAMES)("core edits what Go sealed: %s", async (scope) => {
    const secret = secretOf({ a: "1", b: "2", c: "3" });
    const [sealed] = await sealWithKubeseal([secret], keys.former, "--scope", scope);
    const edited = await edit(
      readSealedSecret(sealed),
      [
        { edit: "replace", item: "a", value: Buffer.from("new") },
        { edit: "rename", item: "b", to: "z" },
        { edit: "remove", item: "c" },
        { edit: "add", item: "d", value: new Uint8Array() },
      ],
      { certificate: keys.newest.key.certificate },
    );
    const expected = withScopeAnnotation(secretOf({ a: "new", z: "2", d: "" }), scope);
    expectSameSecret(await openWithKubeseal(edited, keys.former, keys.newest), expected);
    expectSameSecret((await unseal(edited, ringOf(keys))).secret, expected);
  });

  /** The hints that core wrote speak of values, and here of a key, that are there no more: they must not count. */
  it.each(SCOPE_NAMES)("Go merges into what core sealed with hints: %s", async (scope) => {
    const options = { certificate: keys.former.key.certificate, scope, hints: true };
    const sealed = await seal(secretOf({ a: "1", b: "2" }), options);
    const file = join(folder, `${scope}.json`);
    await writeFile(file, JSON.stringify(sealed));
    const merged = await runKubeseal(["--cert", keys.newest.certificateFile, "--scope", scope, "--merge-into", file], {
      stdin: JSON.stringify(secretManifest(secretOf({ b: "new", c: "3" }))),
    });
    expect(merged).toEqual({ code: 0, stdout: "", stderr: "" });

    const read = readSealedSecret(JSON.parse(await readFile(file, "utf8")));
    expect(readHints(read.metadata.annotations)).toEqual(readHints(sealed.metadata.annotations));
    const expected = withScopeAnnotation(secretOf({ a: "1", b: "new", c: "3" }), scope);
    expectSameSecret(await openWithKubeseal(read, keys.former, keys.newest), expected);
    expectSameSecret((await unseal(read, ringOf(keys))).secret, expected);
  });
});

function ringOf({ former, newest }: InteropKeys): KeyRing {
  return new KeyRing([former.key, newest.key]);
}

function secretOf(items: Readonly<Record<string, string>>): Secret {
  return {
    metadata: { name: "sample", namespace: "shop", labels: { app: "shop" }, annotations: { note: "kept" } },
    type: "Opaque",
    data: new Map(Object.entries(items).map(([item, text]) => [item, Buffer.from(text)])),
  };
}

function withScopeAnnotation(secret: Secret, scope: (typeof SCOPE_NAMES)[number]): Secret {
  if (scope === "strict") return secret;
  const annotations = { ...secret.metadata.annotations, [`sealedsecrets.bitnami.com/${scope}`]: "true" };
  return { ...secret, metadata: { ...secret.metadata, annotations } };
}
