import { expect, test } from "vitest";
import { decodeBase64, encodeBase64, utf8 } from "../src/bytes.ts";
import {
  type Binding,
  bindingOf,
  conditionOf,
  diagnose,
  edit,
  inspect,
  KeyRing,
  labelOf,
  OMIT_ANNOTATION,
  readSealedSecret,
  reseal,
  type SealedSecret,
  SealwrightError,
  seal,
  sealValue,
  unseal,
} from "../src/index.ts";
import { createMutator, type Json } from "./mutator.ts";
import { testKey } from "./test-keys.ts";

/** A million were run before a release; the suite runs a seeded part of them. */
const RUNS = Number(process.env["SEALWRIGHT_FUZZ_RUNS"] ?? 1_500);
const SEED = Number(process.env["SEALWRIGHT_FUZZ_SEED"] ?? 1);

const [first, second] = await Promise.all([testKey("rsa-2048"), testKey("other-rsa-2048")]);
const ring = new KeyRing([first, second]);

/** Each sealed value there is, by its bytes in base64: what it holds, and what it is bound to. */
const truth = new Map<string, { readonly value: string; readonly label: string }>();
const bases = await makeBases();

test(`${RUNS} mutated objects: none crashes anything, and none opens that should not (seed ${SEED})`, {
  timeout: 60_000 + 20 * RUNS,
}, async () => {
  const mutator = createMutator(SEED, bases);
  const outcomes = { opened: 0, refused: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const document = mutator.next();
    try {
      await check(document, run);
      outcomes.opened += 1;
    } catch (error) {
      if (!(error instanceof SealwrightError)) {
        throw new Error(`run ${run} of seed ${SEED}: ${JSON.stringify(document).slice(0, 4_000)}`, { cause: error });
      }
      expect(error.message).toMatch(/^[\x20-\x7e]{1,1000}$/);
      outcomes.refused += 1;
    }
  }
  // Neither may be rare: a fuzzer of which nothing opens, or everything, finds nothing.
  expect(Math.min(outcomes.opened, outcomes.refused)).toBeGreaterThan(RUNS / 20);
});

/** All that is done to an object; a refusal is thrown only by unseal, and only after the others had their turn. */
async function check(document: Json, run: number): Promise<void> {
  const sealed = readSealedSecret(document);
  const before = JSON.stringify(sealed);
  if (run % 4 === 0) await checkTools(sealed);
  const { secret, keys } = await unseal(sealed, ring, { acceptDeprecatedData: true });
  expect(JSON.stringify(sealed)).toBe(before);
  expect([secret.metadata.name, secret.metadata.namespace]).toEqual([sealed.metadata.name, sealed.metadata.namespace]);
  for (const fingerprint of keys) expect(ring.get(fingerprint)).not.toBeNull();
  if (sealed.spec.data === undefined) checkItems(sealed, secret.data);
  else expectSealedFor(sealed, sealed.spec.data, null);
}

/** Whatever came out was sealed for exactly this place, or stands in the template in the clear. */
function checkItems(sealed: SealedSecret, data: ReadonlyMap<string, Uint8Array>): void {
  const plain = sealed.spec.template?.data ?? {};
  for (const text of Object.values(sealed.spec.encryptedData)) expectSealedFor(sealed, text, null);
  for (const [item, value] of data) {
    if (Object.hasOwn(sealed.spec.encryptedData, item)) {
      expectSealedFor(sealed, sealed.spec.encryptedData[item] ?? "", encodeBase64(value));
    } else {
      expect(Object.hasOwn(plain, item)).toBe(true);
      expect(encodeBase64(value)).toBe(encodeBase64(utf8(plain[item] ?? "")));
    }
  }
}

function expectSealedFor(sealed: SealedSecret, text: string, value: string | null): void {
  const known = truth.get(encodeBase64(decodeBase64(text) ?? new Uint8Array()));
  expect(known?.label).toBe(labelText(bindingOf(sealed)));
  if (value !== null) expect(known?.value).toBe(value);
}

async function checkTools(sealed: SealedSecret): Promise<void> {
  await inspect(sealed, { certificates: [first.certificate] });
  const diagnosis = await diagnose(sealed, ring, { maxFailedTrials: 12, candidates: [{ name: "guess" }] });
  conditionOf(diagnosis);
  const openable = [...diagnosis.items.values()].every((found) => found.verdict === "opens" && found.place === null);
  const resealed = await refusalIsNull(reseal(sealed, ring, { acceptDeprecatedData: true, hints: true }));
  if (resealed !== null) {
    const { sealedSecret } = resealed;
    expect(Object.keys(sealedSecret.spec.encryptedData)).toEqual(Object.keys(sealed.spec.encryptedData));
    expect({ ...sealedSecret, metadata: null, spec: null }).toEqual({ ...sealed, metadata: null, spec: null });
    expect(sealedSecret.spec.template).toEqual(sealed.spec.template);
    expect(openable).toBe(true);
  }
  const edited = await refusalIsNull(
    edit(sealed, [{ edit: "set", item: "new", value: utf8("new") }], { certificate: first.certificate }),
  );
  if (edited !== null) expect((await diagnose(edited, ring)).items.get("new")?.verdict).toBe("opens");
}

async function refusalIsNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof SealwrightError) return null;
    throw error;
  }
}

async function makeBases(): Promise<Json[]> {
  const objects: SealedSecret[] = [];
  for (const scope of ["strict", "namespace-wide", "cluster-wide"] as const) {
    for (const key of [first, second]) {
      const metadata = {
        name: "database",
        namespace: "payments",
        labels: { app: "ledger" },
        annotations: { [OMIT_ANNOTATION]: "left-out" },
      };
      const data = new Map(["a", "b"].map((item) => [item, utf8(`${item} of ${scope}, ${key.fingerprint}`)]));
      const sealed = await seal({ metadata, data }, { certificate: key.certificate, scope, hints: key === first });
      for (const [item, value] of data) remember(sealed.spec.encryptedData[item] ?? "", value, bindingOf(sealed));
      const template = { ...sealed.spec.template, data: { plain: "text", b: null, c: "text" } };
      objects.push(sealed, { ...sealed, spec: { ...sealed.spec, template } });
    }
  }
  const binding = { scope: "strict", namespace: "payments", name: "database" } as const;
  const inner = utf8(JSON.stringify({ apiVersion: "v1", kind: "Secret", data: { a: "AAAA" } }));
  const data = await sealValue(inner, binding, first.certificate);
  remember(data, inner, binding);
  const [base] = objects;
  const deprecated = { ...base, spec: { data } };
  return [...objects, deprecated].map((object) => JSON.parse(JSON.stringify(object)));
}

function remember(text: string, value: Uint8Array, binding: Binding): void {
  truth.set(text, { value: encodeBase64(value), label: labelText(binding) });
}

function labelText(binding: Binding): string {
  return new TextDecoder().decode(labelOf(binding));
}
