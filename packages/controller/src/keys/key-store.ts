import { createSealingKey, type NewSealingKey, readSealingKey, readSecret, type SealingKey } from "@sealwright/core";
import { isApiError } from "../kubernetes/api-error.ts";
import type { Transport } from "../kubernetes/transport.ts";
import type { Log } from "../log.ts";
import { describeError } from "../outcome.ts";
import { KEY_LABEL } from "../plan.ts";

export interface KeyStoreOptions {
  readonly transport: Transport;
  /** The controller's own: keys of any other namespace are somebody else's. */
  readonly namespace: string;
  /** `generateName` of new keys, and the name of the one that very old versions made. */
  readonly prefix: string;
  readonly order: "CertNotBefore" | "SecretCreationTimestamp";
  readonly log: Log;
}

/** The sealing keys as Secrets of the controller's namespace, in the shape that the Go controller reads and writes. */
export class KeyStore {
  readonly #options: KeyStoreOptions;
  readonly #path: string;

  constructor(options: KeyStoreOptions) {
    this.#options = options;
    this.#path = `/api/v1/namespaces/${options.namespace}/secrets`;
  }

  /** Whether a Secret counts as a key by its name alone. */
  isKeyName(namespace: string, name: string): boolean {
    return namespace === this.#options.namespace && name === this.#options.prefix;
  }

  /** The active keys. One that cannot be read is reported and passed over. */
  async load(): Promise<SealingKey[]> {
    const read = [...(await this.#labelled()), ...(await this.#legacy())].map((manifest) => this.#read(manifest));
    return (await Promise.all(read)).filter((key) => key !== null);
  }

  /** Makes a key and stores it; it counts only once it is stored. */
  async create(request: NewSealingKey): Promise<SealingKey> {
    const pem = await createSealingKey(request);
    const stored = (await this.#options.transport.request("POST", this.#path, {
      body: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
          namespace: this.#options.namespace,
          generateName: this.#options.prefix,
          labels: { [KEY_LABEL]: "active" },
        },
        type: "kubernetes.io/tls",
        data: { "tls.key": base64(pem.privateKey), "tls.crt": base64(pem.certificate) },
      },
    })) as KeyManifest;
    return readSealingKey(pem, this.#orderedBy(stored));
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
    const name = manifest.metadata.name;
    try {
      const { data } = readSecret({ apiVersion: "v1", kind: "Secret", ...manifest });
      const [privateKey, certificate] = ["tls.key", "tls.crt"].map((item) => text(data.get(item)));
      const key = await readSealingKey({ privateKey, certificate } as KeyPem, this.#orderedBy(manifest));
      this.#options.log.info("Registered sealing key", { name, fingerprint: key.fingerprint });
      return key;
    } catch (error) {
      this.#options.log.error("A sealing key's Secret cannot be read and is passed over", {
        name,
        message: describeError(error),
      });
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
    readonly labels?: Readonly<Record<string, string>>;
  };
}

type KeyPem = { readonly privateKey: string; readonly certificate: string };

function text(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString("utf8");
}

function base64(pem: string): string {
  return Buffer.from(pem, "utf8").toString("base64");
}
