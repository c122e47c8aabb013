import type { SealedSecretManifest, SealedSecretsFile, SealedSecretVector } from "../vector-files.ts";
import type { KeyName, TestKeys } from "./keys.ts";
import type { Kubeseal } from "./kubeseal.ts";

type Scope = "strict" | "namespace-wide" | "cluster-wide";

const NAMESPACE = "payments";
const NAME = "database";

/** What trips a careless reader: UTF-8, every byte, nothing at all, names that JavaScript's objects know. */
const ITEMS = {
  password: text("correct horse battery staple"),
  greeting: text("Grüße, 世界 🦭\n"),
  "every.byte": Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)).toString("base64"),
  empty: "",
  ["__proto__"]: text("an item like any other"),
  constructor: text("so is this"),
};

export function makeScopeFile(scope: Scope, kubeseal: Kubeseal, keys: TestKeys): SealedSecretsFile {
  const maker = new Maker(kubeseal, keys, scope);
  const sealed = maker.vector("several items", secret({ type: "Opaque", data: ITEMS }));
  return {
    about: `SealedSecrets of scope ${scope}, and the Secrets that the Go project makes of them.`,
    source: kubeseal.source(),
    vectors: [
      sealed,
      maker.vector("a type, immutable, labels, annotations, stringData over data", fullSecret()),
      maker.raw("one value of kubeseal --raw", "\u0000\u00ff\r\n"),
      ...moved(maker, scope, sealed),
    ],
  };
}

export function makeLargeValueFile(kubeseal: Kubeseal, keys: TestKeys): SealedSecretsFile {
  const large = Buffer.alloc(0x1_0001, "0123456789abcdef\n").toString("base64");
  return {
    about: "One value of 65,537 bytes: longer than any length that two bytes can tell.",
    source: kubeseal.source(),
    vectors: [new Maker(kubeseal, keys, "strict").vector("65,537 bytes", secret({ data: { large } }))],
  };
}

/** The freedoms that a scope gives: what was sealed opens under another name, namespace or item. */
function moved(maker: Maker, scope: Scope, { sealedSecret }: SealedSecretVector): SealedSecretVector[] {
  const { spec, metadata } = sealedSecret;
  const only = { ...spec, encryptedData: { renamed: spec.encryptedData["password"] ?? "" } };
  const item = maker.altered("an item under another name", { ...sealedSecret, spec: only });
  if (scope === "strict") return [item];
  const name = maker.altered("another name", { ...sealedSecret, metadata: { ...metadata, name: "moved" }, spec: only });
  if (scope === "namespace-wide") return [item, name];
  const annotations = {
    "sealedsecrets.bitnami.com/cluster-wide": "true",
    "sealedsecrets.bitnami.com/namespace-wide": "true",
  };
  return [
    item,
    name,
    maker.altered("another namespace and name", {
      ...sealedSecret,
      metadata: { ...metadata, name: "moved", namespace: "elsewhere" },
      spec: only,
    }),
    maker.altered("both scope annotations: cluster-wide wins", {
      ...sealedSecret,
      metadata: { ...metadata, annotations },
      spec: only,
    }),
  ];
}

class Maker {
  readonly #kubeseal: Kubeseal;
  readonly #keys: TestKeys;
  readonly #scope: Scope;
  readonly #key: KeyName = "rsa-4096";

  constructor(kubeseal: Kubeseal, keys: TestKeys, scope: Scope) {
    this.#kubeseal = kubeseal;
    this.#keys = keys;
    this.#scope = scope;
  }

  vector(name: string, secret: object): SealedSecretVector {
    const sealedSecret = this.#kubeseal.seal(secret, this.#keys[this.#key], "--scope", this.#scope);
    return this.#opened(name, `--scope ${this.#scope}`, sealedSecret);
  }

  raw(name: string, value: string): SealedSecretVector {
    const binding = ["--scope", this.#scope, "--namespace", NAMESPACE, "--name", NAME];
    const sealed = this.#kubeseal.sealRaw(Buffer.from(value, "latin1"), this.#keys[this.#key], ...binding);
    const annotations = { [`sealedsecrets.bitnami.com/${this.#scope}`]: "true" };
    const sealedSecret = {
      apiVersion: "bitnami.com/v1alpha1",
      kind: "SealedSecret",
      metadata: { name: NAME, namespace: NAMESPACE, ...(this.#scope === "strict" ? {} : { annotations }) },
      spec: { encryptedData: { raw: sealed } },
    };
    return this.#opened(name, `--raw ${binding.join(" ")}`, sealedSecret);
  }

  /** Something that kubeseal made, changed by hand. */
  altered(name: string, sealedSecret: SealedSecretManifest): SealedSecretVector {
    return this.#opened(name, `--scope ${this.#scope}`, sealedSecret);
  }

  #opened(name: string, flags: string, sealedSecret: SealedSecretManifest): SealedSecretVector {
    const opened = this.#kubeseal.open(sealedSecret, this.#keys[this.#key]);
    if (opened.refused) throw new Error(`${this.#scope}, ${name}: ${opened.says}`);
    return { name, source: this.#kubeseal.source(flags), key: this.#key, sealedSecret, secret: opened.secret };
  }
}

function fullSecret(): object {
  return {
    ...secret({
      type: "kubernetes.io/basic-auth",
      immutable: true,
      data: { username: text("shadowed"), password: text("hunter2") },
      stringData: { username: "ada" },
    }),
    metadata: {
      namespace: NAMESPACE,
      name: NAME,
      labels: { "app.kubernetes.io/name": "ledger" },
      annotations: {
        "example.com/owner": "team-ledger",
        "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"password":"hunter2"}}',
      },
    },
  };
}

function secret(fields: object): object {
  return { apiVersion: "v1", kind: "Secret", metadata: { namespace: NAMESPACE, name: NAME }, ...fields };
}

function text(value: string): string {
  return Buffer.from(value).toString("base64");
}
