import { describe, expect, test } from "vitest";
import { type Plan, plan } from "../src/plan.ts";
import type { OwnedSecret, OwnerReference } from "../src/ports.ts";
import { existingSecret, itemsOf, OWNER, observedSealedSecret, type SecretParts, secretOf } from "./doubles/objects.ts";

const MANAGED = { "sealedsecrets.bitnami.com/managed": "true" };
const PATCH = { "sealedsecrets.bitnami.com/patch": "true" };
const SKIP_OWNER = { "sealedsecrets.bitnami.com/skip-set-owner-references": "true" };
const KEY_LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key";
const KEEP = { "sealwright.dev/keep": "true" };
const RECREATE = { "sealwright.dev/recreate": "true" };
const CHANGED = { items: { password: "n3w" } };
const DEPLOYMENT: OwnerReference = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "uid-9" };

type Existing = SecretParts & { readonly owners?: readonly OwnerReference[] };

/** The plan where that is unsealed from SealedSecret `shop/database`, and that exists already. */
function planned(unsealed: SecretParts, existing: Existing | null): Plan {
  return plan(observedSealedSecret(), secretOf(unsealed), existing === null ? null : existingSecret(existing));
}

function written(result: Plan): OwnedSecret {
  if (result.action !== "create" && result.action !== "replace")
    throw new Error(`nothing is written: ${result.action}`);
  return result.secret;
}

function refusal(result: Plan) {
  return result.action === "refuse" ? result.refusal : result.action;
}

describe("where there is no Secret", () => {
  test("it is created, owned and controlled by the SealedSecret", () => {
    const result = planned({ type: "kubernetes.io/basic-auth", immutable: true }, null);
    expect(result.action).toBe("create");
    expect(written(result).owners).toEqual([OWNER]);
    expect(written(result).secret).toEqual(secretOf({ type: "kubernetes.io/basic-auth", immutable: true }));
  });

  test("it is created without an owner where the template says so", () => {
    expect(written(planned({ annotations: SKIP_OWNER }, null)).owners).toEqual([]);
  });

  test("any other value of that annotation sets the owner", () => {
    const annotations = { "sealedsecrets.bitnami.com/skip-set-owner-references": "yes" };
    expect(written(planned({ annotations }, null)).owners).toEqual([OWNER]);
  });
});

describe("whose Secret it is", () => {
  test.each<[string, Existing, Plan["action"]]>([
    ["nobody's", {}, "refuse"],
    ["controlled by this SealedSecret", { owners: [OWNER] }, "replace"],
    ["controlled by a SealedSecret of this name that is no more", { owners: [{ ...OWNER, uid: "uid-0" }] }, "refuse"],
    ["owned by this SealedSecret, but not controlled", { owners: [{ ...OWNER, controller: false }] }, "refuse"],
    ["controlled by something else", { owners: [{ ...DEPLOYMENT, controller: true }] }, "refuse"],
    ["nobody's, marked managed", { annotations: MANAGED }, "replace"],
    ["something else's, marked managed", { annotations: MANAGED, owners: [DEPLOYMENT] }, "replace"],
    ["nobody's, marked patch", { annotations: PATCH }, "replace"],
    ["nobody's, marked both", { annotations: { ...MANAGED, ...PATCH } }, "replace"],
    ["marked managed with another value", { annotations: { "sealedsecrets.bitnami.com/managed": "True" } }, "refuse"],
    ["marked patch with another value", { annotations: { "sealedsecrets.bitnami.com/patch": "1" } }, "refuse"],
  ])("%s", (_, existing, action) => {
    expect(planned(CHANGED, existing).action).toBe(action);
  });

  test("a refusal names whatever controls the Secret, and nothing that merely owns it", () => {
    expect(
      refusal(planned(CHANGED, { owners: [DEPLOYMENT, { ...DEPLOYMENT, name: "db", controller: true }] })),
    ).toEqual({
      kind: "not_managed",
      owner: "Deployment db",
    });
    expect(refusal(planned(CHANGED, { owners: [DEPLOYMENT] }))).toEqual({ kind: "not_managed", owner: null });
  });

  test("the template's own marks do not open somebody else's Secret", () => {
    expect(planned({ ...CHANGED, annotations: { ...MANAGED, ...PATCH } }, {}).action).toBe("refuse");
  });
});

describe("a Secret that is replaced", () => {
  test("becomes what the SealedSecret says, and nothing of it stays", () => {
    const result = planned(
      { items: { user: "anna" }, labels: { app: "shop" }, annotations: { note: "new" } },
      {
        items: { password: "old", user: "otto" },
        labels: { app: "old", team: "a" },
        annotations: { ...MANAGED, note: "old" },
        owners: [DEPLOYMENT],
      },
    );
    const { secret, owners } = written(result);
    expect(itemsOf(secret)).toEqual({ user: "anna" });
    expect(secret.metadata.labels).toEqual({ app: "shop" });
    expect(secret.metadata.annotations).toEqual({ note: "new" });
    expect(owners).toEqual([OWNER]);
  });

  test.each<[string, SecretParts, Existing]>([
    ["an item's value", { items: { password: "n3w" } }, {}],
    ["an item more", { items: { password: "s3cret", user: "anna" } }, {}],
    ["an item less", {}, { items: { password: "s3cret", user: "anna" } }],
    ["an item's name", { items: { secret: "s3cret" } }, {}],
    ["a label's value", { labels: { app: "b" } }, { labels: { app: "a" } }],
    ["a label less", {}, { labels: { app: "a" } }],
    ["an annotation more", { annotations: { note: "x" } }, {}],
    ["an annotation's name", { annotations: { b: "x" } }, { annotations: { a: "x" } }],
    ["that it is immutable from now on", { immutable: true }, {}],
    ["an owner too many", {}, { owners: [OWNER, DEPLOYMENT] }],
  ])("where it differs in %s", (_, unsealed, existing) => {
    expect(planned(unsealed, { owners: [OWNER], ...existing }).action).toBe("replace");
  });

  test("loses its owner where the template came to say so", () => {
    const result = planned({ annotations: SKIP_OWNER }, { owners: [OWNER] });
    expect(written(result).owners).toEqual([]);
  });
});

describe("a Secret that is kept", () => {
  test.each<[string, SecretParts, Existing]>([
    ["as it is", {}, {}],
    ["with an absent type, which the API server made Opaque", {}, { type: "Opaque" }],
    ["with an empty type, which the API server made Opaque", { type: "" }, { type: "Opaque" }],
    ["with empty labels, which the API server left out", { labels: {}, annotations: {} }, {}],
    ["with immutable false, which is the same as absent", { immutable: false }, {}],
    ["that is immutable, and cannot become mutable again", { immutable: false }, { immutable: true }],
    ["that the Go controller made", {}, { owners: [{ ...OWNER, blockOwnerDeletion: true }] }],
    ["without any item", { items: {} }, { items: {} }],
  ])("%s", (_, unsealed, existing) => {
    expect(planned(unsealed, { owners: [OWNER], ...existing })).toMatchObject({ action: "keep" });
  });

  test("without an owner, as the template says: it was made so, and is still what the SealedSecret says", () => {
    const same = { annotations: SKIP_OWNER };
    expect(planned(same, same)).toMatchObject({ action: "keep" });
    expect(refusal(planned({ ...same, ...CHANGED }, same))).toEqual({ kind: "not_managed", owner: null });
  });

  test("although its items came in another order", () => {
    expect(planned({ items: { a: "1", b: "2" } }, { items: { b: "2", a: "1" }, owners: [OWNER] }).action).toBe("keep");
  });
});

describe("a Secret that is patched", () => {
  const shared: Existing = {
    items: { password: "old", other: "theirs" },
    labels: { app: "old", team: "a" },
    annotations: { ...PATCH, note: "theirs" },
    type: "kubernetes.io/basic-auth",
    owners: [{ ...DEPLOYMENT, controller: true }],
  };

  test("keeps other people's items, labels, annotations, type and owner", () => {
    const { secret, owners } = written(
      planned({ items: { password: "n3w" }, labels: { app: "shop" }, annotations: { mine: "x" } }, shared),
    );
    expect(itemsOf(secret)).toEqual({ password: "n3w", other: "theirs" });
    expect(secret.metadata.labels).toEqual({ app: "shop", team: "a" });
    expect(secret.metadata.annotations).toEqual({ ...PATCH, note: "theirs", mine: "x" });
    expect(secret.type).toBe("kubernetes.io/basic-auth");
    expect(owners).toEqual(shared.owners);
  });

  test("gets this owner where it is managed too", () => {
    const annotations = { ...PATCH, ...MANAGED };
    expect(written(planned(CHANGED, { ...shared, annotations })).owners).toEqual([OWNER]);
    expect(written(planned({ ...CHANGED, annotations: MANAGED }, shared)).owners).toEqual([OWNER]);
  });

  test("is kept where everything of ours is in it already", () => {
    const unsealed = { items: { password: "old" }, labels: { app: "old" }, annotations: { note: "theirs" } };
    expect(planned(unsealed, shared)).toMatchObject({ action: "keep" });
    expect(planned({ items: { password: "s3cret" } }, { annotations: PATCH })).toMatchObject({ action: "keep" });
  });

  test("stays immutable, and takes labels all the same", () => {
    const result = planned({ items: { password: "old" }, labels: { new: "x" } }, { ...shared, immutable: true });
    expect(written(result).secret.immutable).toBe(true);
  });
});

describe("a change that the API server would refuse", () => {
  test("the type", () => {
    expect(refusal(planned({ type: "kubernetes.io/tls" }, { owners: [OWNER] }))).toEqual({
      kind: "type_change",
      from: "Opaque",
      to: "kubernetes.io/tls",
      recreatable: true,
    });
  });

  test("the type, back to none", () => {
    expect(refusal(planned({}, { owners: [OWNER], type: "kubernetes.io/tls" }))).toEqual({
      kind: "type_change",
      from: "kubernetes.io/tls",
      to: "Opaque",
      recreatable: true,
    });
  });

  test("an item of an immutable Secret", () => {
    expect(refusal(planned(CHANGED, { owners: [OWNER], immutable: true }))).toEqual({
      kind: "immutable",
      recreatable: true,
    });
  });

  test("but not the labels of an immutable Secret", () => {
    const result = planned({ labels: { app: "shop" } }, { owners: [OWNER], immutable: true });
    expect(written(result).secret).toMatchObject({ immutable: true, metadata: { labels: { app: "shop" } } });
  });
});

describe("a sealing key", () => {
  test.each(["active", "compromised", ""])("is never made from a template with its label (%j)", (value) => {
    expect(refusal(planned({ labels: { [KEY_LABEL]: value } }, null))).toEqual({ kind: "key_label" });
    expect(refusal(planned({ labels: { [KEY_LABEL]: value } }, { owners: [OWNER] }))).toEqual({ kind: "key_label" });
  });

  test.each([MANAGED, PATCH])("is never written over, however it is marked", (annotations) => {
    const existing = { labels: { [KEY_LABEL]: "active" }, annotations };
    expect(refusal(planned(CHANGED, existing))).toEqual({ kind: "key_label" });
  });
});

describe("a Secret that was in order, of a SealedSecret that has not changed since", () => {
  const SYNCED = { observedGeneration: 3, conditions: [{ type: "Synced", status: "True" as const }] };
  const drifted = (unsealed: SecretParts, existing: Existing, status = SYNCED) =>
    plan(observedSealedSecret({ status }), secretOf(unsealed), existingSecret({ owners: [OWNER], ...existing }));
  const unsealed = { items: { a: "1", b: "2" }, labels: { app: "shop" }, annotations: { note: "x" } };

  test.each<[string, Existing, readonly string[], readonly string[]]>([
    ["an item was changed", { items: { a: "9", b: "2" } }, ["a"], []],
    ["an item was taken away", { items: { a: "1" } }, ["b"], []],
    ["an item was added", { items: { a: "1", b: "2", c: "3" } }, ["c"], []],
    ["a label was changed", { labels: { app: "other" } }, [], ["labels"]],
    ["an annotation was taken away", { annotations: {} }, [], ["annotations"]],
    ["it was made immutable, which nobody can take back", { immutable: true }, [], []],
  ])("%s", (_, change, items, parts) => {
    const result = drifted(unsealed, { ...unsealed, ...change });
    if (items.length + parts.length === 0) expect(result.action).toBe("keep");
    else expect(result).toMatchObject({ action: "replace", drift: { items, parts } });
  });

  test("keeps the labels and annotations that other tools note there: to take them off each time would never end", () => {
    const noted = { ...unsealed, labels: { app: "shop", tool: "1" }, annotations: { note: "x", "tool/seen": "today" } };
    expect(drifted(unsealed, noted).action).toBe("keep");
  });

  test("loses them when the SealedSecret changes, and that is no drift", () => {
    const noted = { ...unsealed, labels: { app: "shop", tool: "1" } };
    expect(drifted(unsealed, noted, { ...SYNCED, observedGeneration: 2 })).toMatchObject({
      action: "replace",
      drift: null,
    });
  });

  test("is no drift where the last look failed", () => {
    const failed = { observedGeneration: 3, conditions: [{ type: "Synced", status: "False" as const }] };
    const result = plan(
      observedSealedSecret({ status: failed }),
      secretOf({}),
      existingSecret({ ...CHANGED, owners: [OWNER] }),
    );
    expect(result).toMatchObject({ action: "replace", drift: null });
  });

  test("is not touched where it is somebody else's by now", () => {
    expect(refusal(drifted(unsealed, { ...CHANGED, owners: [DEPLOYMENT] }))).toMatchObject({ kind: "not_managed" });
  });

  test("of an immutable one says so", () => {
    expect(refusal(drifted({ ...unsealed, immutable: true }, { ...CHANGED, immutable: true }))).toEqual({
      kind: "immutable",
      recreatable: true,
    });
  });
});

describe("a Secret that is to outlive its SealedSecret", () => {
  test("is made without an owner, where the template or the flag says so; the flag marks it", () => {
    expect(written(planned({ annotations: KEEP }, null)).owners).toEqual([]);
    const byFlag = plan(observedSealedSecret(), secretOf(), null, { keepSecrets: true });
    expect(written(byFlag).owners).toEqual([]);
    expect(written(byFlag).secret.metadata.annotations).toEqual(KEEP);
  });

  test("is this SealedSecret's all the same, and that of the next one of its name", () => {
    const result = planned({ ...CHANGED, annotations: KEEP }, { annotations: KEEP });
    expect(result.action).toBe("replace");
    expect(written(result).owners).toEqual([]);
  });

  test("is somebody else's where only the template says so", () => {
    expect(planned({ ...CHANGED, annotations: KEEP }, {}).action).toBe("refuse");
  });

  test("loses its owner once the template says so, and has it again once it does so no longer", () => {
    expect(written(planned({ annotations: KEEP }, { owners: [OWNER] })).owners).toEqual([]);
    const again = written(planned({}, { annotations: KEEP }));
    expect(again.owners).toEqual([OWNER]);
    expect(again.secret.metadata.annotations).toBeUndefined();
  });

  test("and is patched: loses this owner alone, and later the mark alone, for others share it", () => {
    const kept = written(planned({ annotations: KEEP }, { annotations: PATCH, owners: [DEPLOYMENT, OWNER] }));
    expect(kept.owners).toEqual([DEPLOYMENT]);
    expect(kept.secret.metadata.annotations).toEqual({ ...PATCH, ...KEEP });
    const again = written(planned({}, { annotations: { ...PATCH, ...KEEP }, owners: [DEPLOYMENT] }));
    expect(again.owners).toEqual([DEPLOYMENT]);
    expect(again.secret.metadata.annotations).toEqual(PATCH);
  });
});

describe("what cannot be changed", () => {
  const immutable = { owners: [OWNER], immutable: true };

  test("is made anew where the template or the flag says so: as the SealedSecret says it, and no more of the old one", () => {
    const result = planned({ ...CHANGED, annotations: RECREATE }, { ...immutable, labels: { old: "1" } });
    expect(result).toMatchObject({ action: "recreate", secret: { owners: [OWNER] }, over: { uid: "secret-uid" } });
    if (result.action === "recreate") {
      expect(result.secret.secret).toEqual(secretOf({ ...CHANGED, annotations: RECREATE }));
    }
    const byFlag = plan(observedSealedSecret(), secretOf({ type: "a/b" }), existingSecret({ owners: [OWNER] }), {
      recreateSecrets: true,
    });
    expect(byFlag.action).toBe("recreate");
  });

  test.each<[string, Existing]>([
    ["nobody's, marked managed", { annotations: MANAGED, immutable: true }],
    ["kept", { annotations: KEEP, immutable: true }],
    ["shared with others", { ...immutable, annotations: PATCH }],
    ["owned, but not controlled", { owners: [{ ...OWNER, controller: false }], annotations: MANAGED, immutable: true }],
  ])("is never deleted where it is %s", (_, existing) => {
    expect(refusal(planned({ ...CHANGED, annotations: RECREATE }, existing))).toEqual({
      kind: "immutable",
      recreatable: false,
    });
  });

  test("is not deleted where it is somebody else's, or a sealing key", () => {
    const theirs = { immutable: true, owners: [{ ...DEPLOYMENT, controller: true }] };
    expect(refusal(planned({ ...CHANGED, annotations: RECREATE }, theirs))).toMatchObject({ kind: "not_managed" });
    const keyed = { ...immutable, labels: { [KEY_LABEL]: "active" } };
    expect(refusal(planned({ ...CHANGED, annotations: RECREATE }, keyed))).toEqual({ kind: "key_label" });
  });

  test("is not deleted twice: finalizers may hold it", () => {
    const manifest = { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } };
    const existing = { ...existingSecret(immutable), manifest };
    const unsealed = secretOf({ ...CHANGED, annotations: RECREATE });
    expect(refusal(plan(observedSealedSecret(), unsealed, existing))).toEqual({ kind: "terminating" });
  });

  test("what can be changed is not deleted for it", () => {
    expect(planned({ ...CHANGED, annotations: RECREATE }, { owners: [OWNER] }).action).toBe("replace");
  });
});
