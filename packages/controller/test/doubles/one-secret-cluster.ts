import {
  KeyRing,
  type SealedSecret,
  type SealingKey,
  type Secret,
  type TemplateEngine,
  unseal,
} from "@sealwright/core";
import { ApiError } from "../../src/kubernetes/api-error.ts";
import type { PlanOptions } from "../../src/plan.ts";
import { NO_POLICY } from "../../src/policy.ts";
import type {
  ExistingSecret,
  ObservedSealedSecret,
  OwnedSecret,
  OwnerReference,
  ReconcilePorts,
  SealedSecretStatus,
  SecretVersion,
} from "../../src/ports.ts";
import { reconcile } from "../../src/reconcile.ts";
import { RecordBook } from "../../src/records/record-book.ts";
import { itemsOf, observedSealedSecret, secretOf } from "./objects.ts";

export interface Stored extends SecretVersion {
  readonly secret: Secret;
  readonly owners: readonly OwnerReference[];
}

/**
 * The SealedSecret and the Secret `shop/database` as an API server keeps them, and a controller that forgets everything between two looks,
 * as if it were started for each.
 */
export class OneSecretCluster {
  spec: SealedSecret["spec"] = { encryptedData: {} };
  annotations: Readonly<Record<string, string>> = {};
  generation = 1;
  status: SealedSecretStatus = {};
  secret: Stored | null = null;
  keys: readonly SealingKey[];
  acceptDeprecatedData = true;
  policy = NO_POLICY;
  planning: PlanOptions = {};
  mayDelete = true;
  watchesSecrets = true;
  /** Whether there is no room for a spec in the controller's memory. */
  letsSpecsGo = false;
  readonly #templates: TemplateEngine;
  #versions = 100;
  #effects: string[] = [];

  constructor(keys: readonly SealingKey[], templates: TemplateEngine) {
    this.keys = keys;
    this.#templates = templates;
  }

  /** The SealedSecret is applied with another spec. */
  apply(spec: SealedSecret["spec"]): void {
    this.spec = spec;
    this.generation += 1;
  }

  /** Somebody else writes the Secret; its UID is a new one where he made it anew. */
  writeSecret(change: Partial<Stored>): void {
    const now = this.secret ?? { secret: secretOf(), owners: [], uid: "secret-uid" };
    this.secret = { ...now, ...change, resourceVersion: this.#version() };
  }

  /** Somebody else changes items of the Secret. */
  writeItems(items: Readonly<Record<string, string>>): void {
    const bytes = Object.entries(items).map(([item, text]) => [item, Buffer.from(text)] as const);
    const { secret } = this.#there();
    this.writeSecret({ secret: { ...secret, data: new Map([...secret.data, ...bytes]) } });
  }

  /** Somebody else puts these items in the place of all that the Secret has. */
  exchangeItems(items: Readonly<Record<string, string>>): void {
    this.writeSecret({ secret: { ...this.#there().secret, data: secretOf({ items }).data } });
  }

  /** What the last look did. */
  get effects(): readonly string[] {
    return this.#effects;
  }

  get items(): Readonly<Record<string, string>> {
    return this.secret === null ? {} : itemsOf(this.secret.secret);
  }

  /**
   * A controller that has just been started looks once; rejects where `reconcile` does. Resolves to what it did, in order: requests to the
   * API server, items that it opened, events.
   */
  async look(): Promise<readonly string[]> {
    this.#effects = [];
    await reconcile("shop/database", this.#ports());
    return this.#effects;
  }

  #ports(): ReconcilePorts {
    const ring = new KeyRing(this.keys);
    const { acceptDeprecatedData, policy, planning } = this;
    const options = { acceptDeprecatedData, templates: this.#templates };
    const records = new RecordBook(() => ring, { acceptDeprecatedData, policy, ...planning });
    return {
      sealedSecrets: {
        get: () => (this.letsSpecsGo ? this.#withoutSpec(records) : this.#observed()),
        whole: async (known) => (known.manifest === null ? this.#noted("ask", this.#observed()) : known),
        isCurrent: async () => this.#noted("current", true),
      },
      secrets: {
        seen: () => (this.watchesSecrets ? (this.secret ?? "none") : "unknown"),
        get: async () => this.#noted("get", this.secret === null ? null : existing(this.secret)),
        create: async (wanted) => this.#stored("create", wanted, `uid-${this.#version()}`),
        replace: async (wanted, over) => this.#replaced(wanted, over),
        delete: async (over) => this.#deleted(over),
      },
      statuses: {
        keepsOurFields: true,
        write: async (_, status) => {
          this.#noted("status", null);
          this.status = status;
        },
      },
      events: { record: (_, { reason }) => void this.#noted(reason, null) },
      keys: { isKeyName: () => false },
      unseal: async (sealed, known = new Map()) => {
        const unsealed = await unseal(sealed, ring, { ...options, known });
        this.#effects.push(...[...unsealed.keyOf.keys()].map((item) => `open ${item}`));
        return unsealed;
      },
      records,
      policy,
      planning,
      settled: { holds: () => false, note: () => {} },
      clock: { now: () => new Date() },
      kstatus: true,
    };
  }

  #withoutSpec(records: RecordBook): ObservedSealedSecret {
    const observed = this.#observed();
    return { ...observed, manifest: null, recorded: records.isAbout(observed.manifest, this.status.record) };
  }

  #observed(): ObservedSealedSecret {
    const { generation, annotations, status, spec } = this;
    const metadata = { namespace: "shop", name: "database", uid: "uid-1", generation, annotations };
    const manifest = { apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", metadata, spec, status };
    return observedSealedSecret({ generation, annotations, status, manifest });
  }

  #replaced(wanted: OwnedSecret, over: ExistingSecret): SecretVersion {
    const { uid, resourceVersion } = this.#there();
    if (over.resourceVersion === resourceVersion) return this.#stored("replace", wanted, uid);
    throw new ApiError("PUT secret", { status: 409, reason: "Conflict" });
  }

  #deleted(over: ExistingSecret): void {
    this.#noted("delete", null);
    if (!this.mayDelete) throw new ApiError("DELETE secret", { status: 403, reason: "Forbidden" });
    const { uid, resourceVersion } = this.#there();
    if (over.uid !== uid || over.resourceVersion !== resourceVersion)
      throw new ApiError("DELETE secret", { status: 409, reason: "Conflict" });
    this.secret = null;
  }

  #stored(effect: string, { secret, owners }: OwnedSecret, uid: string): SecretVersion {
    this.secret = { secret: { type: "Opaque", ...secret }, owners, uid, resourceVersion: this.#version() };
    return this.#noted(effect, this.secret);
  }

  #noted<T>(effect: string, result: T): T {
    this.#effects.push(effect);
    return result;
  }

  #there(): Stored {
    if (this.secret === null) throw new Error("there is no Secret");
    return this.secret;
  }

  #version(): string {
    this.#versions += 1;
    return String(this.#versions);
  }
}

function existing(stored: Stored): ExistingSecret {
  return { ...stored, manifest: {} };
}
