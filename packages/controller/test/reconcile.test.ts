import { KeyRing, type SealingKey, sealValue, unseal } from "@sealwright/core";
import { beforeAll, describe, expect, test } from "vitest";
import { ApiError, isRace } from "../src/kubernetes/api-error.ts";
import type { PlanOptions } from "../src/plan.ts";
import { NO_POLICY, type Policy } from "../src/policy.ts";
import type {
  ExistingSecret,
  ObservedSealedSecret,
  ReconcilePorts,
  SealedSecretStatus,
  SeenSecret,
} from "../src/ports.ts";
import { NotReported, NotSynced, reconcile } from "../src/reconcile.ts";
import { RecordBook } from "../src/records/record-book.ts";
import {
  existingSecret,
  itemsOf,
  OWNER,
  observedSealedSecret,
  type SecretParts,
  sealedSecretManifest,
} from "./doubles/objects.ts";
import { newKey } from "./doubles/sealing-keys.ts";

const KEY = "shop/database";
const PLAINTEXT = "correct-horse-battery";

let key: SealingKey;
let sealed: string;

beforeAll(async () => {
  key = await newKey();
  const binding = { scope: "strict", namespace: "shop", name: "database" } as const;
  sealed = await sealValue(Buffer.from(PLAINTEXT), binding, key.certificate);
});

interface World {
  readonly observed?: ObservedSealedSecret | null;
  readonly existing?: ExistingSecret | null;
  /** What each port throws. */
  readonly get?: unknown;
  readonly create?: unknown;
  readonly replace?: unknown;
  readonly delete?: unknown;
  readonly write?: unknown;
  readonly ring?: KeyRing;
  readonly isKeyName?: boolean;
  readonly isSettled?: boolean;
  /** Whether the SealedSecret at hand is the one that the API server holds. */
  readonly isCurrent?: boolean;
  /** What is known of the Secret before it is read. */
  readonly seen?: SeenSecret;
  /** Whether the CRD has a place for records. */
  readonly keepsOurFields?: boolean;
  readonly policy?: Partial<Policy>;
  readonly planning?: PlanOptions;
}

/** Ports over one SealedSecret and at most one Secret, which note in order what was asked of them. */
function world({ observed = sealedDatabase(), existing = null, ...throws }: World = {}) {
  const effects: string[] = [];
  const ring = throws.ring ?? new KeyRing([key]);
  const statuses: SealedSecretStatus[] = [];
  const secrets: Readonly<Record<string, string>>[] = [];
  const messages: string[] = [];
  const noted: string[] = [];
  const decrypted: string[] = [];
  const effect = (name: "get" | "create" | "replace" | "delete" | "write") => {
    effects.push(name);
    if (throws[name] !== undefined) throw throws[name];
  };
  const ports: ReconcilePorts = {
    sealedSecrets: {
      get: (asked) => (asked === KEY ? observed : null),
      whole: async (observed) => observed,
      isCurrent: async () => throws.isCurrent ?? true,
    },
    secrets: {
      seen: () => throws.seen ?? "unknown",
      async get() {
        effect("get");
        return existing;
      },
      async create({ secret }) {
        effect("create");
        secrets.push(itemsOf(secret));
        return { uid: "secret-uid", resourceVersion: "8" };
      },
      async replace({ secret }, over) {
        effect("replace");
        expect(over).toBe(existing);
        secrets.push(itemsOf(secret));
        return { uid: "secret-uid", resourceVersion: "8" };
      },
      async delete(over) {
        effect("delete");
        expect(over).toBe(existing);
      },
    },
    statuses: {
      keepsOurFields: throws.keepsOurFields ?? true,
      async write(_, status) {
        effect("write");
        statuses.push(status);
      },
    },
    events: {
      record(_, { reason, message }) {
        effects.push(`event ${reason}`);
        messages.push(message);
      },
    },
    keys: { isKeyName: () => throws.isKeyName ?? false },
    unseal: async (opened, known = new Map()) => {
      const unsealed = await unseal(opened, ring, { known });
      decrypted.push(...unsealed.keyOf.keys());
      return unsealed;
    },
    records: new RecordBook(() => ring, { acceptDeprecatedData: true }),
    settled: {
      holds: () => throws.isSettled ?? false,
      note: (_, secretVersion) => noted.push(secretVersion),
    },
    kstatus: false,
    policy: { ...NO_POLICY, ...throws.policy },
    planning: throws.planning ?? {},
    clock: { now: () => new Date("2026-03-01T00:00:00Z") },
  };
  return { ports, effects, statuses, secrets, messages, noted, decrypted };
}

function sealedDatabase(changes: Partial<ObservedSealedSecret> = {}): ObservedSealedSecret {
  return observedSealedSecret({ manifest: sealedSecretManifest({ password: sealed }), ...changes });
}

const owned = (parts: SecretParts = {}) =>
  existingSecret({ items: { password: PLAINTEXT }, owners: [OWNER], ...parts });

function apiError(status: number, reason: string, fields: readonly string[] = []): ApiError {
  return new ApiError("PUT /api/v1/namespaces/shop/secrets/database", { status, reason, fields });
}

/** The status that says of generation 3 what that failure says. */
function statusOf(reason: string, message: string): SealedSecretStatus {
  return { observedGeneration: 3, conditions: [{ type: "Synced", status: "False", reason, message }] };
}

const HEALTHY: SealedSecretStatus = {
  observedGeneration: 3,
  conditions: [{ type: "Synced", status: "True", reason: "Unsealed", message: "" }],
};

async function failureOf(run: Promise<unknown>): Promise<NotSynced> {
  const error = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof NotSynced)) throw new Error(`not a NotSynced: ${error}`);
  return error;
}

describe("what is done, and in which order", () => {
  test("a new Secret: create, status, event", async () => {
    const { ports, effects, secrets, statuses } = world();
    await expect(reconcile(KEY, ports)).resolves.toMatchObject({ kind: "synced", changed: true });
    expect(effects).toEqual(["get", "create", "write", "event Unsealed"]);
    expect(secrets).toEqual([{ password: PLAINTEXT }]);
    expect(statuses).toMatchObject([HEALTHY]);
  });

  test("a Secret that differs from a SealedSecret that is no longer the newest is left to who has that", async () => {
    const existing = existingSecret({ owners: [OWNER] });
    const { ports, effects } = world({ existing, isCurrent: false });
    const error = await reconcile(KEY, ports).catch((error: unknown) => error);
    expect(isRace(error)).toBe(true);
    expect(effects).toEqual(["get"]);
  });

  test("a Secret that differs: replace, status, event", async () => {
    const { ports, effects, secrets } = world({ existing: owned({ items: { password: "old" } }) });
    await expect(reconcile(KEY, ports)).resolves.toMatchObject({ kind: "synced", changed: true });
    expect(effects).toEqual(["get", "replace", "write", "event Unsealed"]);
    expect(secrets).toEqual([{ password: PLAINTEXT }]);
  });

  test("a Secret that is right, of which the status does not tell yet: status, event", async () => {
    const { ports, effects } = world({ existing: owned() });
    await expect(reconcile(KEY, ports)).resolves.toMatchObject({ kind: "synced", changed: false });
    expect(effects).toEqual(["get", "write", "event Unsealed"]);
  });

  test("a Secret that is right, of which the status tells but without a record: the status, once and without an event", async () => {
    const observed = sealedDatabase({ status: HEALTHY });
    const { ports, effects, statuses } = world({ existing: owned(), observed });
    await expect(reconcile(KEY, ports)).resolves.toMatchObject({ kind: "synced", changed: false });
    expect(effects).toEqual(["get", "write"]);
    expect(statuses).toEqual([{ ...HEALTHY, sealedWith: [key.fingerprint], record: expect.any(String) }]);
  });

  test("the same under a CRD that has no place for a record: nothing", async () => {
    const given = { existing: owned(), observed: sealedDatabase({ status: HEALTHY }), keepsOurFields: false };
    const { ports, effects } = world(given);
    await expect(reconcile(KEY, ports)).resolves.toMatchObject({ kind: "synced", changed: false });
    expect(effects).toEqual(["get"]);
  });

  test("a repair of which the status has nothing new to tell is an event all the same", async () => {
    const { ports, effects } = world({ observed: sealedDatabase({ status: HEALTHY }), keepsOurFields: false });
    await reconcile(KEY, ports);
    expect(effects).toEqual(["get", "create", "event Unsealed"]);
  });

  test("a Secret that is known not to be there: made without asking", async () => {
    const { ports, effects } = world({ seen: "none" });
    await expect(reconcile(KEY, ports)).resolves.toMatchObject({ kind: "synced", changed: true });
    expect(effects).toEqual(["create", "write", "event Unsealed"]);
  });

  test("a Secret that is there after all is read and treated as any other", async () => {
    const create = apiError(409, "AlreadyExists");
    const ours = world({ seen: "none", create, existing: owned({ items: { password: "old" } }) });
    await expect(reconcile(KEY, ours.ports)).resolves.toMatchObject({ kind: "synced", changed: true });
    expect(ours.effects).toEqual(["create", "get", "replace", "write", "event Unsealed"]);
    const theirs = world({ seen: "none", create, existing: existingSecret() });
    expect((await failureOf(reconcile(KEY, theirs.ports))).failure.reason).toBe("NotManaged");
  });

  test("a SealedSecret that is gone: nothing", async () => {
    const { ports, effects } = world({ observed: null });
    await expect(reconcile(KEY, ports)).resolves.toBeNull();
    expect(effects).toEqual([]);
  });

  test("a second look, after the first, finds nothing to do", async () => {
    const first = world();
    await reconcile(KEY, first.ports);
    const [status = {}] = first.statuses;
    const second = world({ existing: owned(), observed: sealedDatabase({ status }) });
    await reconcile(KEY, second.ports);
    expect(second.effects).toEqual(["get"]);
    expect(second.decrypted).toEqual([]);
  });
});

describe("a Secret that alone has changed, of a SealedSecret whose spec is not at hand", () => {
  const drifted = (given: World) => {
    const made = world({ observed: sealedDatabase({ manifest: null, recorded: true }), seen: VERSION, ...given });
    const { effects, ports } = made;
    const sealedSecrets = {
      ...ports.sealedSecrets,
      whole: async () => {
        effects.push("whole");
        return sealedDatabase();
      },
    };
    const records: ReconcilePorts["records"] = {
      vouched: async () => "changed",
      read: (...of) => ports.records.read(...of),
      write: (...of) => ports.records.write(...of),
    };
    return { ...made, ports: { ...ports, sealedSecrets, records } };
  };
  const VERSION = { uid: "secret-uid", resourceVersion: "8" };

  test("is read before the spec is asked for, which is current then: nobody asks again", async () => {
    const { ports, effects } = drifted({ existing: owned({ items: { password: "old" } }), isCurrent: false });
    await reconcile(KEY, ports);
    expect(effects).toEqual(["get", "whole", "replace", "write", "event Unsealed"]);
  });

  test("and that somebody else made in between is looked at again, and so is whether the spec is current", async () => {
    const { ports, effects } = drifted({ create: apiError(409, "AlreadyExists"), isCurrent: false });
    const existing = [null, owned({ items: { password: "old" } })];
    const get = async () => {
      effects.push("get");
      return existing.shift() ?? null;
    };
    const run = reconcile(KEY, { ...ports, secrets: { ...ports.secrets, get } });
    expect(isRace(await run.catch((error: unknown) => error))).toBe(true);
    expect(effects).toEqual(["get", "whole", "create", "get"]);
  });

  test("and cannot be read: the status says so", async () => {
    const { ports, effects } = drifted({ get: apiError(403, "Forbidden") });
    expect((await failureOf(reconcile(KEY, ports))).failure.reason).toBe("Forbidden");
    expect(effects).toEqual(["get", "whole", "get", "write", "event ErrUpdateFailed"]);
  });

  test("and is not ours is left alone", async () => {
    const { ports, effects } = drifted({ existing: existingSecret() });
    expect((await failureOf(reconcile(KEY, ports))).failure.reason).toBe("NotManaged");
    expect(effects).toEqual(["get", "whole", "write", "event ErrUpdateFailed"]);
  });
});

describe("a failure", () => {
  test("to unseal: no Secret is even read", async () => {
    const { ports, effects, statuses } = world({ ring: new KeyRing([await newKey()]) });
    const { failure, news } = await failureOf(reconcile(KEY, ports));
    expect(failure).toMatchObject({ stage: "unseal", reason: "Undecryptable" });
    expect(news).toBe(true);
    expect(effects).toEqual(["write", "event ErrUnsealFailed"]);
    expect(statuses).toMatchObject([statusOf("Undecryptable", failure.message)]);
  });

  test("to read the SealedSecret is that one's alone, and says where", async () => {
    const { ports, statuses } = world({ observed: sealedDatabase({ manifest: { kind: 7 } }) });
    const { failure } = await failureOf(reconcile(KEY, ports));
    expect(failure.reason).toBe("InvalidSealedSecret");
    expect(statuses).toHaveLength(1);
  });

  test.each([null, undefined, 1, "text", [], { spec: null }, { metadata: 3 }].map((manifest) => ({ manifest })))(
    "with a manifest of $manifest, never worse than a failure",
    async ({ manifest }) => {
      const { ports } = world({ observed: sealedDatabase({ manifest }) });
      expect((await failureOf(reconcile(KEY, ports))).failure.reason).toBe("InvalidSealedSecret");
    },
  );

  test("of the plan: nothing is written but the status", async () => {
    const { ports, effects, statuses } = world({ existing: existingSecret() });
    expect((await failureOf(reconcile(KEY, ports))).failure.reason).toBe("NotManaged");
    expect(effects).toEqual(["get", "write", "event ErrUpdateFailed"]);
    expect(statuses[0]?.conditions?.[0]).toMatchObject({ status: "False", reason: "NotManaged" });
  });

  test("by a name that counts as a sealing key: nothing is even unsealed", async () => {
    const { ports, effects } = world({ isKeyName: true });
    expect((await failureOf(reconcile(KEY, ports))).failure.reason).toBe("ForbiddenName");
    expect(effects).toEqual(["write", "event ErrUpdateFailed"]);
  });

  test.each([
    ["create", 422, "Invalid", "SecretRefused"],
    ["create", 403, "Forbidden", "Forbidden"],
    ["create", 500, "InternalError", "ApiUnavailable"],
    ["get", 403, "Forbidden", "Forbidden"],
    ["get", 0, "ECONNREFUSED", "ApiUnavailable"],
  ] as const)("of the API server: %s answered with %i", async (port, status, word, reason) => {
    const { ports, statuses } = world({ [port]: apiError(status, word, ["data[a]"]) });
    const { failure } = await failureOf(reconcile(KEY, ports));
    expect(failure).toMatchObject({ stage: "update", reason });
    expect(statuses).toMatchObject([statusOf(reason, failure.message)]);
  });

  test.each([
    ["create", 500],
    ["create", 429],
    ["get", 0],
  ] as const)(
    "of the API server that may pass: who is patient writes nothing (%s answered with %i)",
    async (port, status) => {
      const { ports, effects } = world({ [port]: apiError(status, "Away") });
      await expect(reconcile(KEY, ports, { patient: true })).rejects.toMatchObject({ name: "ApiError", status });
      expect(effects.filter((effect) => !["get", "create"].includes(effect))).toEqual([]);
    },
  );

  test.each([
    ["create", 422, "Invalid", "SecretRefused"],
    ["create", 403, "Forbidden", "Forbidden"],
  ] as const)(
    "of the API server that does not pass is told of at once: %s answered with %i",
    async (port, status, word, reason) => {
      const { ports, statuses } = world({ [port]: apiError(status, word) });
      await expect(reconcile(KEY, ports, { patient: true })).rejects.toBeInstanceOf(NotSynced);
      expect(statuses).toMatchObject([{ conditions: [{ reason }] }, ...[]]);
    },
  );

  test("that nobody expected has a status too", async () => {
    const { ports, statuses } = world({ get: new TypeError(PLAINTEXT) });
    expect((await failureOf(reconcile(KEY, ports))).failure.reason).toBe("InternalError");
    expect(statuses).toHaveLength(1);
  });

  test("is told of once: the same one again is no news, and nothing is written", async () => {
    const first = world({ existing: existingSecret() });
    await failureOf(reconcile(KEY, first.ports));
    const [status = {}] = first.statuses;
    const second = world({ existing: existingSecret(), observed: sealedDatabase({ status }) });
    expect((await failureOf(reconcile(KEY, second.ports))).news).toBe(false);
    expect(second.effects).toEqual(["get"]);
  });

  test("never quotes a value, in status, event or error", async () => {
    const cases: World[] = [
      { existing: existingSecret({ items: { password: PLAINTEXT } }) },
      { existing: owned({ immutable: true, items: { password: `${PLAINTEXT}-old` } }) },
      { create: apiError(422, "Invalid") },
      { create: new Error(PLAINTEXT) },
      { create: new SyntaxError(`Unexpected token in "${PLAINTEXT}"`) },
    ];
    for (const given of cases) {
      const { ports, statuses, messages } = world(given);
      const { failure, message } = await failureOf(reconcile(KEY, ports));
      expect(JSON.stringify([statuses, messages, failure, message])).not.toContain(PLAINTEXT);
    }
  });
});

describe("somebody was quicker", () => {
  test.each<[string, World]>([
    ["made the Secret", { create: apiError(409, "AlreadyExists") }],
    ["changed the Secret", { replace: apiError(409, "Conflict"), existing: existingSecret({ owners: [OWNER] }) }],
    ["deleted the Secret", { replace: apiError(404, "NotFound"), existing: existingSecret({ owners: [OWNER] }) }],
    ["deleted the namespace", { create: apiError(404, "NotFound") }],
  ])("and %s: looked at again, and no status says that anything is wrong", async (_, given) => {
    const { ports, effects } = world(given);
    const error = given.create ?? given.replace;
    await expect(reconcile(KEY, ports)).rejects.toBe(error);
    expect(effects).not.toContain("write");
    expect(effects.filter((effect) => effect.startsWith("event"))).toEqual([]);
  });

  test.each([
    ["changed the SealedSecret", apiError(409, "Conflict")],
    ["deleted the SealedSecret", apiError(404, "NotFound")],
  ])("and %s before its status was written: looked at again, without an event", async (_, write) => {
    const { ports, effects } = world({ write });
    await expect(reconcile(KEY, ports)).rejects.toBe(write);
    expect(effects).toEqual(["get", "create", "write"]);
  });
});

describe("a status that cannot be written", () => {
  test("is an error of its own, which still knows what came of the Secret", async () => {
    const write = apiError(403, "Forbidden");
    const { ports, effects } = world({ write, existing: existingSecret() });
    const error = await reconcile(KEY, ports).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotReported);
    expect(error).toMatchObject({ outcome: { kind: "failed", reason: "NotManaged" }, cause: write });
    expect(effects).toEqual(["get", "write"]);
  });

  test("does not keep the Secret from being made", async () => {
    const { ports, secrets } = world({ write: apiError(500, "InternalError") });
    await expect(reconcile(KEY, ports)).rejects.toBeInstanceOf(NotReported);
    expect(secrets).toHaveLength(1);
  });
});

describe("what this process left in order", () => {
  test("is noted with the version of the Secret, made or found", async () => {
    const made = world();
    await reconcile(KEY, made.ports);
    expect(made.noted).toEqual(["8"]);
    const found = world({ existing: owned() });
    await reconcile(KEY, found.ports);
    expect(found.noted).toEqual(["7"]);
  });

  test("is not opened again, nor its Secret read", async () => {
    const { ports, effects } = world({ isSettled: true });
    await expect(reconcile(KEY, ports)).resolves.toBeNull();
    expect(effects).toEqual([]);
  });

  test("is not noted where it failed, or where the status does not tell of it", async () => {
    const failed = world({ existing: existingSecret() });
    await failureOf(reconcile(KEY, failed.ports));
    const silent = world({ write: apiError(500, "InternalError") });
    await reconcile(KEY, silent.ports).catch(() => {});
    expect([...failed.noted, ...silent.noted]).toEqual([]);
  });
});

test("drift is put right, and told of by names alone", async () => {
  const existing = owned({ items: { password: "theirs", extra: "x" } });
  const { ports, effects, messages, secrets } = world({ existing, observed: sealedDatabase({ status: HEALTHY }) });
  await reconcile(KEY, ports);
  expect(effects).toEqual(["get", "replace", "write", "event DriftRepaired"]);
  expect(secrets).toEqual([{ password: PLAINTEXT }]);
  expect(messages).toEqual([expect.stringContaining("items password, extra")]);
  for (const value of [PLAINTEXT, "theirs"]) expect(messages.join()).not.toContain(value);
});
