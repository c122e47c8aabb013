import { KeyRing, readSealedSecret, type SealedSecret, type SealingKey, sealValue, unseal } from "@sealwright/core";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { SealedSecretStatus } from "../src/ports.ts";
import { NotSynced } from "../src/reconcile.ts";
import { itemsOf } from "./doubles/objects.ts";
import { OneSecretCluster } from "./doubles/one-secret-cluster.ts";
import { newKey } from "./doubles/sealing-keys.ts";

type Spec = SealedSecret["spec"];

const NAMES = ["a", "b", "c"] as const;
const SCOPE = "sealedsecrets.bitnami.com/cluster-wide";
const noTemplates = { render: async () => new Map(), close: () => {} };

let keys: readonly SealingKey[];
/** Sealed values to choose from, by item: two values under each of two keys, and one that opens under another scope alone. */
let pool: Readonly<Record<(typeof NAMES)[number], readonly string[]>>;

beforeAll(async () => {
  keys = await Promise.all([newKey("2026-01-01"), newKey("2026-02-01")]);
  const binding = { scope: "strict", namespace: "shop", name: "database" } as const;
  const sealedFor = async (item: string) => {
    const strict = keys.flatMap(({ certificate }) =>
      ["1", "2"].map((text) => sealValue(Buffer.from(item + text), binding, certificate)),
    );
    const wide = keys.map(({ certificate }) =>
      sealValue(Buffer.from(`${item}-wide`), { ...binding, scope: "cluster-wide" }, certificate),
    );
    return Promise.all([...strict, ...wide.slice(0, 1)]);
  };
  const [a, b, c] = await Promise.all(NAMES.map(sealedFor));
  pool = { a: a ?? [], b: b ?? [], c: c ?? [] };
});

interface Template {
  readonly plain: boolean;
  readonly omit: boolean;
}

type Step =
  | ({ readonly kind: "apply"; readonly choice: readonly (number | null)[] } & Template)
  | ({ readonly kind: "template" } & Template)
  | { readonly kind: "wide"; readonly wide: boolean }
  | { readonly kind: "status"; readonly back: number }
  | { readonly kind: "items"; readonly back: number }
  | { readonly kind: "garbage" }
  | { readonly kind: "note" }
  | { readonly kind: "delete" }
  | { readonly kind: "anew" }
  | { readonly kind: "keys"; readonly first: boolean; readonly second: boolean };

const back = fc.nat({ max: 5 });
const template = { plain: fc.boolean(), omit: fc.boolean() };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("template" as const), ...template }),
  fc.record({
    kind: fc.constant("apply" as const),
    choice: fc.tuple(...NAMES.map(() => fc.option(fc.nat({ max: 4 }), { freq: 4 }))),
    ...template,
  }),
  fc.record({ kind: fc.constant("wide" as const), wide: fc.boolean() }),
  fc.record({ kind: fc.constant("status" as const), back }),
  fc.record({ kind: fc.constant("items" as const), back }),
  fc.constantFrom<Step>({ kind: "garbage" }, { kind: "note" }, { kind: "delete" }, { kind: "anew" }),
  fc.record({ kind: fc.constant("keys" as const), first: fc.boolean(), second: fc.boolean() }),
);

function sealedItems(choice: readonly (number | null)[]): Readonly<Record<string, string>> {
  const items = NAMES.flatMap((name, index) => {
    const text = pool[name][choice[index] ?? -1];
    return text === undefined ? [] : [[name, text] as const];
  });
  return Object.fromEntries(items);
}

function templateOf({ plain, omit }: Template): Spec["template"] & object {
  const annotations = omit ? { "sealwright.dev/omit": "a" } : {};
  return { metadata: { annotations }, data: plain ? { b: "plain", d: "plain" } : {} };
}

/** What whoever has no record makes of the SealedSecret; null where it does not open. */
async function truth({ spec, annotations, keys: held }: OneSecretCluster): Promise<Record<string, string> | null> {
  const metadata = { namespace: "shop", name: "database", annotations };
  const sealed = readSealedSecret({ apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", metadata, spec });
  const unsealed = await unseal(sealed, new KeyRing(held)).catch(() => null);
  return unsealed === null ? null : itemsOf(unsealed.secret);
}

/** All that was ever there, for whoever puts it back. */
interface Past {
  readonly statuses: SealedSecretStatus[];
  readonly items: Readonly<Record<string, string>>[];
}

function take(next: Step, cluster: OneSecretCluster, past: Past): void {
  if (next.kind === "apply") cluster.apply({ encryptedData: sealedItems(next.choice), template: templateOf(next) });
  if (next.kind === "template") cluster.apply({ ...cluster.spec, template: templateOf(next) });
  if (next.kind === "wide") cluster.annotations = next.wide ? { [SCOPE]: "true" } : {};
  if (next.kind === "status") cluster.status = past.statuses.at(-1 - next.back) ?? {};
  if (next.kind === "keys") cluster.keys = keys.filter((_, index) => [next.first, next.second][index]);
  if (next.kind === "delete") cluster.secret = null;
  if (cluster.secret === null) return;
  if (next.kind === "items") cluster.exchangeItems(past.items.at(-1 - next.back) ?? {});
  if (next.kind === "garbage") cluster.writeItems({ a: "theirs" });
  if (next.kind === "note") cluster.writeSecret({});
  if (next.kind === "anew") cluster.writeSecret({ uid: `their-${past.items.length}` });
}

test("whatever happens while no controller looks, the next one ends with what one without a record would make", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
      fc.boolean(),
      async (history, letsSpecsGo) => {
        const cluster = new OneSecretCluster(keys, noTemplates);
        cluster.letsSpecsGo = letsSpecsGo;
        const past: Past = { statuses: [], items: [] };
        for (const meanwhile of [
          [{ kind: "apply", choice: [0, 0, null], plain: false, omit: false } as const],
          ...history,
        ]) {
          for (const next of meanwhile) take(next, cluster, past);
          const expected = await truth(cluster);
          const failure = await cluster.look().then(
            () => null,
            (error: unknown) => error,
          );
          if (expected === null) {
            expect(failure).toBeInstanceOf(NotSynced);
            continue;
          }
          expect(failure).toBeNull();
          expect(cluster.items).toEqual(expected);
          expect(cluster.status.conditions?.[0]).toMatchObject({ status: "True" });
          const wasSettled = await cluster.look();
          expect(wasSettled.filter((effect) => !["get", "ask"].includes(effect))).toEqual([]);
          past.statuses.push(cluster.status);
          past.items.push(cluster.items);
        }
      },
    ),
    { numRuns: 100 },
  );
});
