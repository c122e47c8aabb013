import {
  bindingOf,
  type Certificate,
  diagnose,
  type KeyRing,
  keyOfHint,
  printable,
  readHints,
  type Scope,
  type SealedSecret,
  unsealedItems,
  valueLength,
} from "@sealwright/core";
import type { Finding } from "../findings/finding.ts";
import type { LiveStatus } from "./live-status.ts";

/** What there is to say of one SealedSecret; never a value. Names are made fit for a terminal. */
export interface Explanation {
  readonly source: string;
  /** From 1. */
  readonly document: number;
  readonly name: string;
  readonly namespace: string;
  readonly scope: Scope;
  readonly items: readonly ExplainedItem[];
  /** The keys of the items, as far as they are known. */
  readonly keys: readonly ExplainedKey[];
  /** When Git last saw the file change, ISO 8601. */
  readonly lastChange: string | null;
  /** What its Secret will have: its type, and the names of all its items. */
  readonly secret: { readonly type: string; readonly items: readonly string[] };
  /** What is wrong or odd, as `verify` finds it. */
  readonly findings: readonly Finding[];
  /** Null where no cluster was asked. */
  readonly live: LiveStatus | null;
}

export interface ExplainedItem {
  readonly name: string;
  /** Of the value, which a ciphertext does not hide. */
  readonly bytes: number;
  /** The `id` of its key; null where nothing tells. */
  readonly key: string | null;
}

export interface ExplainedKey {
  /** The first characters of its fingerprint, which is all that a hint says. */
  readonly id: string;
  /** The whole, where a key or certificate of that fingerprint is at hand. */
  readonly fingerprint: string | null;
  /** What says so: a private key that opens the item, or a hint, which anybody can write. */
  readonly by: "private key" | "hint";
  /** ISO 8601: what is sealed to it was sealed after that. Null where its certificate is not at hand. */
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  readonly retired: boolean;
}

export interface Context {
  /** Private keys at hand. */
  readonly ring: KeyRing | null;
  /** Whose names and times are known. */
  readonly certificates: readonly Certificate[];
}

type Keyed = Pick<Explanation, "items" | "keys">;

/** The items of an object and what they are sealed to. */
export async function explainItems(sealed: SealedSecret, { ring, certificates }: Context): Promise<Keyed> {
  const keys = new Map<string, ExplainedKey>();
  const proven = await provenKeys(sealed, ring);
  const hints = readHints(sealed.metadata.annotations);
  const items = Object.entries(sealed.spec.encryptedData).map(([item, text]) => {
    const key = keyOf(proven.get(item) ?? null, hints.get(item)?.key ?? null, certificates);
    if (key !== null) keys.set(key.id, keys.get(key.id) ?? key);
    return { name: printable(item), bytes: valueLength(text), key: key?.id ?? null };
  });
  return { items, keys: [...keys.values()] };
}

/** What there is to say without a key of where an object belongs, and of what it makes. */
export function explainShape(sealed: SealedSecret): Pick<Explanation, "name" | "namespace" | "scope" | "secret"> {
  const { name, namespace, scope } = bindingOf(sealed);
  return {
    name: printable(name),
    namespace: printable(namespace),
    scope,
    secret: {
      type: printable(sealed.spec.template?.type ?? "Opaque"),
      items: [...unsealedItems(sealed)].map((item) => printable(item)),
    },
  };
}

interface ProvenKey {
  readonly fingerprint: string;
  readonly retired: boolean;
}

async function provenKeys(sealed: SealedSecret, ring: KeyRing | null): Promise<ReadonlyMap<string, ProvenKey>> {
  if (ring === null) return new Map();
  const verdicts = [...(await diagnose(sealed, ring)).items];
  return new Map(verdicts.flatMap(([item, verdict]) => (verdict.verdict === "opens" ? [[item, verdict.key]] : [])));
}

function keyOf(
  proven: ProvenKey | null,
  hinted: string | null,
  certificates: readonly Certificate[],
): ExplainedKey | null {
  const id = proven === null ? hinted : keyOfHint(proven.fingerprint);
  if (id === null) return null;
  const certificate = certificates.find(({ fingerprint }) => keyOfHint(fingerprint) === id);
  return {
    id: printable(id),
    fingerprint: proven?.fingerprint ?? certificate?.fingerprint ?? null,
    by: proven === null ? "hint" : "private key",
    notBefore: certificate?.notBefore.toISOString() ?? null,
    notAfter: certificate?.notAfter.toISOString() ?? null,
    retired: proven?.retired ?? false,
  };
}
