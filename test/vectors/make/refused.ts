import type { RefusedFile, RefusedVector, SealedSecretManifest } from "../vector-files.ts";
import type { KeyName, TestKeys } from "./keys.ts";
import type { Kubeseal } from "./kubeseal.ts";

type Failure = "not_base64" | "too_short" | "no_key_of_that_length" | "no_key_opens";

const ANNOTATION = {
  "namespace-wide": { "sealedsecrets.bitnami.com/namespace-wide": "true" },
  "cluster-wide": { "sealedsecrets.bitnami.com/cluster-wide": "true" },
} as const;

/** Where the parts of a value begin that was sealed to 2048 bits. */
const RSA_PART = 2;
const GCM_PART = RSA_PART + 256;

/** Made with 2048 bits, to stay small. Every one is put to the Go project, which must refuse it too. */
export function makeRefusedFile(kubeseal: Kubeseal, keys: TestKeys): RefusedFile {
  const seal = (scope: string, data: object) =>
    kubeseal.seal(
      { apiVersion: "v1", kind: "Secret", metadata: { name: "database", namespace: "payments" }, data },
      keys["rsa-2048"],
      "--scope",
      scope,
    );
  const refused = (name: string, sealedSecret: SealedSecretManifest, failure: Failure, ...ring: KeyName[]) =>
    vector(kubeseal, keys, { name, sealedSecret, failures: { password: failure }, ring });

  const password = Buffer.from("correct horse battery staple").toString("base64");
  const strict = seal("strict", { password });
  const namespaceWide = seal("namespace-wide", { password });
  const clusterWide = seal("cluster-wide", { password });
  const sealed = strict.spec.encryptedData["password"] ?? "";
  const spelled = (text: string) => withItem(strict, "password", text);
  const altered = (alter: (bytes: Buffer) => Uint8Array) => spelled(encode(alter(Buffer.from(sealed, "base64"))));
  const flipped = (at: number) => altered((bytes) => flip(bytes, at));

  return {
    about:
      "SealedSecrets that must not open, and what the Go project says of them. Where an item is named, the others do open.",
    source: kubeseal.source(),
    vectors: [
      refused("wrong name", withMetadata(strict, { name: "other" }), "no_key_opens"),
      refused("wrong namespace", withMetadata(strict, { namespace: "other" }), "no_key_opens"),
      refused("strict, declared namespace-wide", annotated(strict, "namespace-wide"), "no_key_opens"),
      refused("strict, declared cluster-wide", annotated(strict, "cluster-wide"), "no_key_opens"),
      refused("namespace-wide, undeclared", withMetadata(namespaceWide, { annotations: {} }), "no_key_opens"),
      refused("namespace-wide, elsewhere", withMetadata(namespaceWide, { namespace: "other" }), "no_key_opens"),
      refused("namespace-wide, declared cluster-wide", annotated(namespaceWide, "cluster-wide"), "no_key_opens"),
      refused("cluster-wide, undeclared", withMetadata(clusterWide, { annotations: {} }), "no_key_opens"),
      refused("cluster-wide, declared namespace-wide", annotated(clusterWide, "namespace-wide"), "no_key_opens"),
      refused("another key", strict, "no_key_opens", "other-rsa-2048"),
      refused("only keys of another length", strict, "no_key_of_that_length", "rsa-4096", "other-rsa-4096"),
      refused("no bytes", spelled(""), "too_short"),
      refused(
        "one byte",
        altered((bytes) => bytes.subarray(0, 1)),
        "too_short",
      ),
      refused(
        "the length prefix alone",
        altered((bytes) => bytes.subarray(0, RSA_PART)),
        "too_short",
      ),
      refused(
        "cut within the RSA part",
        altered((bytes) => bytes.subarray(0, RSA_PART + 100)),
        "too_short",
      ),
      refused(
        "no GCM part",
        altered((bytes) => bytes.subarray(0, GCM_PART)),
        "too_short",
      ),
      refused(
        "a tag cut short",
        altered((bytes) => bytes.subarray(0, GCM_PART + 15)),
        "too_short",
      ),
      refused(
        "the last byte missing",
        altered((bytes) => bytes.subarray(0, -1)),
        "no_key_opens",
      ),
      refused(
        "a byte too many",
        altered((bytes) => Buffer.concat([bytes, Buffer.of(0)])),
        "no_key_opens",
      ),
      refused("a bit of the length prefix's first byte", flipped(0), "no_key_of_that_length"),
      refused(
        "a length beyond the end",
        altered((bytes) => Buffer.concat([Buffer.of(255, 255), bytes.subarray(2)])),
        "too_short",
      ),
      refused("a bit of the length prefix's last byte", flipped(1), "no_key_of_that_length"),
      refused("a bit of the RSA part's first byte", flipped(RSA_PART), "no_key_opens"),
      refused("a bit of the RSA part's last byte", flipped(GCM_PART - 1), "no_key_opens"),
      refused("a bit of the GCM part's first byte", flipped(GCM_PART), "no_key_opens"),
      refused(
        "a bit of the tag's first byte",
        altered((bytes) => flip(bytes, bytes.length - 16)),
        "no_key_opens",
      ),
      refused(
        "a bit of the tag's last byte",
        altered((bytes) => flip(bytes, bytes.length - 1)),
        "no_key_opens",
      ),
      refused("not base64 at all", spelled("{{ .password }}"), "not_base64"),
      vector(kubeseal, keys, {
        name: "one item of three",
        ...oneOfThree(seal("strict", { first: "", password, last: password })),
        ring: [],
      }),
    ],
  };
}

function oneOfThree(sealedSecret: SealedSecretManifest) {
  const bytes = Buffer.from(sealedSecret.spec.encryptedData["password"] ?? "", "base64");
  const failures: Record<string, Failure> = { password: "no_key_opens" };
  return { sealedSecret: withItem(sealedSecret, "password", encode(flip(bytes, GCM_PART))), failures };
}

interface Draft {
  readonly name: string;
  readonly sealedSecret: SealedSecretManifest;
  readonly failures: Readonly<Record<string, Failure>>;
  /** The keys at hand: the one that it was sealed to where empty. */
  readonly ring: readonly KeyName[];
}

function vector(kubeseal: Kubeseal, keys: TestKeys, { name, sealedSecret, failures, ring }: Draft): RefusedVector {
  const names: readonly KeyName[] = ring.length === 0 ? ["rsa-2048"] : ring;
  const opened = kubeseal.open(sealedSecret, ...names.map((key) => keys[key]));
  if (!opened.refused) throw new Error(`${name}: the Go project opens it`);
  return { name, keys: names, sealedSecret, failures, go: opened.says };
}

function withMetadata(sealedSecret: SealedSecretManifest, metadata: object): SealedSecretManifest {
  return { ...sealedSecret, metadata: { ...sealedSecret.metadata, ...metadata } };
}

function annotated(sealedSecret: SealedSecretManifest, scope: keyof typeof ANNOTATION): SealedSecretManifest {
  return withMetadata(sealedSecret, { annotations: ANNOTATION[scope] });
}

function withItem(sealedSecret: SealedSecretManifest, item: string, text: string): SealedSecretManifest {
  const encryptedData = { ...sealedSecret.spec.encryptedData, [item]: text };
  return { ...sealedSecret, spec: { ...sealedSecret.spec, encryptedData } };
}

function flip(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
