import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encryptSecretItem } from "@linode/kubeseal-encrypt";
import {
  conditionOf,
  diagnose,
  KeyRing,
  labelOf,
  readSealedSecret,
  type Scope,
  type Secret,
  sealValue,
  unseal,
} from "@sealwright/core";
import { getSealedSecret, HybridDecrypt } from "@socialgouv/aes-gcm-rsa-oaep";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { openWithKubeseal } from "./go-files.ts";
import { type InteropKeys, makeKeyFiles } from "./key-files.ts";
import { expectSameSecret } from "./same-secret.ts";
import { SCOPE_NAMES } from "./sample-secret.ts";

/** Both packages take text alone: bytes that are no UTF-8 are changed on their way in. */
const TEXTS = {
  password: "correct horse, battery staple\n",
  empty: "",
  unicode: "pässwörd – 密码 🔑\u0000\r\n",
  large: "0123456789abcdef".repeat((900 * 1024) / 16),
};
const PLACE = { namespace: "shop", name: "sample" };

let folder: string;
let keys: InteropKeys;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-npm-"));
  keys = await makeKeyFiles(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Sealing = readonly [title: string, scope: Scope, seal: () => Promise<object>];

const OWN_NAMES = { strict: "strict", "namespace-wide": "namespace", "cluster-wide": "cluster" } as const;
const SEALINGS: readonly Sealing[] = [
  ...SCOPE_NAMES.map((scope): Sealing => {
    const sealing = { ...PLACE, scope: OWN_NAMES[scope], values: TEXTS };
    return ["@socialgouv/aes-gcm-rsa-oaep", scope, () => getSealedSecret({ ...sealing, pemKey: certificate() })];
  }),
  ["@linode/kubeseal-encrypt", "namespace-wide", async () => objectOf(await sealedByLinode(), "namespace-wide")],
];

describe("what npm packages seal opens in core", () => {
  it.each(SEALINGS)("%s, %s", async (_title, scope, seal) => {
    const { secret } = await unseal(readSealedSecret(await seal()), new KeyRing([keys.newest.key]));
    expectSameSecret(secret, secretOf(TEXTS, scope));
  });
});

describeWithPeers("what npm packages seal opens in Go", ["kubeseal"], () => {
  it.each(SEALINGS)("%s, %s", async (_title, scope, seal) => {
    expectSameSecret(await openWithKubeseal(await seal(), keys.newest), secretOf(TEXTS, scope));
  });
});

/**
 * @socialgouv/aes-gcm-rsa-oaep opens values, not objects, and gives text: of bytes that are none, and of a byte order mark at the
 * beginning, little is left.
 */
describe("what core seals opens in @socialgouv/aes-gcm-rsa-oaep", () => {
  it.each(SCOPE_NAMES)("%s", async (scope) => {
    for (const text of Object.values(TEXTS)) {
      const sealed = await sealValue(Buffer.from(text), { ...PLACE, scope }, keys.newest.key.certificate);
      expect((await openedBySocialGouv(sealed, scope)) === text).toBe(true);
    }
  });
});

/**
 * @linode/kubeseal-encrypt knows the namespace-wide scope alone, and its README puts what it sealed into an object without the
 * annotation.
 */
it("core says where a value opens that was sealed namespace-wide and stands in a strict object", async () => {
  const sealed = readSealedSecret(objectOf(await sealedByLinode(), "strict"));
  const ring = new KeyRing([keys.newest.key]);
  await expect(unseal(sealed, ring)).rejects.toMatchObject({ problem: { code: "undecryptable" } });
  const { items } = conditionOf(await diagnose(sealed, ring));
  expect([...items.keys()]).toEqual(Object.keys(TEXTS));
  for (const finding of items.values()) {
    expect(finding).toMatchObject({ code: "opens_elsewhere", binding: { scope: "namespace-wide" } });
  }
});

function certificate(): string {
  return keys.newest.pem.certificate;
}

/** Its README has it read the certificate of `kubeseal --fetch-cert`, which it refuses: it wants the public key. */
async function sealedByLinode(): Promise<Readonly<Record<string, string>>> {
  const publicKey = createPublicKey(certificate()).export({ format: "pem", type: "spki" }).toString();
  const items = Object.entries(TEXTS).map(async ([item, text]) => {
    return [item, await encryptSecretItem(publicKey, PLACE.namespace, text)] as const;
  });
  return Object.fromEntries(await Promise.all(items));
}

async function openedBySocialGouv(sealed: string, scope: Scope): Promise<string> {
  const pkcs8 = createPrivateKey(keys.newest.pem.privateKey).export({ format: "der", type: "pkcs8" });
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256" };
  const key = await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["decrypt"]);
  return HybridDecrypt(key, bytesOf(Buffer.from(sealed, "base64")), bytesOf(labelOf({ ...PLACE, scope })));
}

function secretOf(texts: Readonly<Record<string, string>>, scope: Scope): Secret {
  return {
    metadata: { ...PLACE, annotations: annotationsOf(scope) },
    type: "Opaque",
    data: new Map(Object.entries(texts).map(([item, text]) => [item, Buffer.from(text)])),
  };
}

function objectOf(encryptedData: Readonly<Record<string, string>>, scope: Scope): object {
  const annotations = annotationsOf(scope);
  const template = { type: "Opaque", metadata: { annotations } };
  const metadata = { ...PLACE, annotations };
  return { apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", metadata, spec: { encryptedData, template } };
}

function annotationsOf(scope: Scope): Readonly<Record<string, string>> {
  return scope === "strict" ? {} : { [`sealedsecrets.bitnami.com/${scope}`]: "true" };
}

function bytesOf(view: Uint8Array): ArrayBuffer {
  return new Uint8Array(view).buffer;
}
