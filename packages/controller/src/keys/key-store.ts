import { createHash } from "node:crypto";
import {
  createSealingKey,
  KEY_LABEL,
  type KeyOrder,
  type NewSealingKey,
  readSealingKey,
  readSecret,
  type SealingKey,
} from "@sealwright/core";
import { isApiError } from "../kubernetes/api-error.ts";
import type { Transport } from "../kubernetes/transport.ts";
import type { Log } from "../log.ts";
import { describeError } from "../outcome.ts";

export interface KeyStoreOptions {
  readonly transport: Transport;
  /** The controller's own: keys of any other namespace are somebody else's. */
  readonly namespace: string;
  /** `generateName` of new keys, and the name of the one that very old versions made. */
  readonly prefix: string;
  readonly order: KeyOrder;
  /** Of new keys. The label that makes them keys is not theirs to set. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly log: Log;
}

/** Kubernetes' own alphabet for the ends of generated names: no vowels, so that no words come out. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;

/** The sealing keys as Secrets of the controller's namespace, in the shape that the Go controller reads and writes. */
export class KeyStore {
  readonly #options: KeyStoreOptions;
  readonly #path: string;
  /** `name resourceVersion` of what has been told of, so that it is told once. */
  #told: ReadonlySet<string> = new Set();

  constructor(options: KeyStoreOptions) {
    this.#options = options;
    this.#path = `/api/v1/namespaces/${options.namespace}/secrets`;
  }

  /** Whether a Secret counts as a key by its name alone. */
  isKeyName(namespace: string, name: string): boolean {
    return namespace === this.#options.namespace && name === this.#options.prefix;
  }

  /** The active keys. One that cannot be read is reported and passed over. Throws ApiError. */
  async load(): Promise<SealingKey[]> {
    const manifests = [...(await this.#labelled()), ...(await this.#legacy())];
    const keys = await Promise.all(manifests.map((manifest) => this.#read(manifest)));
    this.#told = new Set(manifests.map(identityOf));
    return keys.filter((key) => key !== null);
  }

  /**
   * Makes a key and stores it; it counts only once it is stored. Its name follows from the key that it succeeds, so that of two replicas
   * that renew at the same time one finds the name taken.
   *
   * @param succeeds fingerprint of the newest key, or null for the first one
   * @param attempt the next name, where this one is taken by something else
   * @returns null where the name is taken
   */
  async create(request: NewSealingKey, succeeds: string | null, attempt = 0): Promise<SealingKey | null> {
    const { namespace, prefix, labels, annotations, transport } = this.#options;
    const pem = await createSealingKey(request);
    const body = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        namespace,
        name: `${prefix}${suffixOf(succeeds, attempt)}`,
        generateName: prefix,
        annotations: { ...annotations },
        labels: { ...labels, [KEY_LABEL]: "active" },
      },
      type: "kubernetes.io/tls",
      data: { "tls.key": base64(pem.privateKey), "tls.crt": base64(pem.certificate) },
    };
    try {
      const stored = (await transport.request("POST", this.#path, { body })) as KeyManifest;
      this.#told = new Set([...this.#told, identityOf(stored)]);
      return await readSealingKey(pem, this.#orderedBy(stored));
    } catch (error) {
      if (isApiError(error, "AlreadyExists")) return null;
      throw error;
    }
  }

  async #labelled(): Promise<readonly KeyManifest[]> {
    const query = { labelSelector: `${KEY_LABEL}=active` };
    const list = (await this.#options.transport.request("GET", this.#path, { query })) as {
      items: KeyManifest[] | null;
    };
    return list.items ?? [];
  }

  /** The key that counts by its name. The label, where it has one, decides all the same. */
  async #legacy(): Promise<readonly KeyManifest[]> {
    try {
      const path = `${this.#path}/${this.#options.prefix}`;
      const manifest = (await this.#options.transport.request("GET", path)) as KeyManifest;
      return Object.hasOwn(manifest.metadata.labels ?? {}, KEY_LABEL) ? [] : [manifest];
    } catch (error) {
      if (isApiError(error, "NotFound")) return [];
      throw error;
    }
  }

  async #read(manifest: KeyManifest): Promise<SealingKey | null> {
    const { name } = manifest.metadata;
    const isNews = !this.#told.has(identityOf(manifest));
    try {
      const { data } = readSecret({ apiVersion: "v1", kind: "Secret", ...manifest });
      const [privateKey, certificate] = ["tls.key", "tls.crt"].map((item) => text(data.get(item)));
      const key = await readSealingKey({ privateKey, certificate } as KeyPem, this.#orderedBy(manifest));
      if (isNews) this.#options.log.info("Registered sealing key", { name, fingerprint: key.fingerprint });
      return key;
    } catch (error) {
      const message = describeError(error);
      if (isNews)
        this.#options.log.error("A sealing key's Secret cannot be read and is passed over", { name, message });
      return null;
    }
  }

  #orderedBy({ metadata }: KeyManifest): Date | undefined {
    return this.#options.order === "CertNotBefore" ? undefined : new Date(metadata.creationTimestamp);
  }
}

interface KeyManifest {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

type KeyPem = { readonly privateKey: string; readonly certificate: string };

function identityOf({ metadata }: KeyManifest): string {
  return `${metadata.name} ${metadata.resourceVersion}`;
}

function suffixOf(succeeds: string | null, attempt: number): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([succeeds, attempt]))
    .digest();
  return [...hash.subarray(0, SUFFIX_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

function text(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString("utf8");
}

function base64(pem: string): string {
  return Buffer.from(pem, "utf8").toString("base64");
}
