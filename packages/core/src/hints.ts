import { cryptography } from "#crypto";
import { encodeBase64 } from "./bytes.ts";
import { optionalFields } from "./fields.ts";
import type { Annotations, Binding, Scope } from "./scope.ts";

/**
 * The annotation `sealwright.dev/hints`: of each item, what it was sealed to, as JSON on one line:
 *
 *     {"ITEM":["KEY","SCOPE","NAMESPACE","NAME","HASH"], ...}
 *
 *     KEY        the first 12 characters of the key's fingerprint, after `SHA256:`
 *     SCOPE      `s`, `n` or `c`
 *     NAMESPACE  empty where the scope does not bind it
 *     NAME       the same
 *     HASH       the first 12 characters of the base64 of the SHA-256 of the sealed value's bytes
 *
 * Anybody can write one, so that nothing is decided by it but which key is tried first and what a linter says. One whose hash is
 * not that of the item belongs to an earlier value: another tool has exchanged it since.
 */
export const HINTS_ANNOTATION = "sealwright.dev/hints";

/** What one item was sealed to, as the annotation says; it proves nothing. */
export interface Hint {
  /** The first characters of the key's fingerprint, after `SHA256:`. */
  readonly key: string;
  /** What the scope does not bind is empty. */
  readonly binding: Binding;
  /** Of the sealed bytes: what tells whether the hint still speaks of them. */
  readonly hash: string;
}

const LENGTH = 12;
const FINGERPRINT_PREFIX = "SHA256:";
const LETTERS: Readonly<Record<Scope, string>> = { strict: "s", "namespace-wide": "n", "cluster-wide": "c" };
const SCOPES_BY_LETTER: ReadonlyMap<string, Scope> = new Map(
  Object.entries(LETTERS).map(([scope, letter]) => [letter, scope as Scope]),
);
/** The API server takes no more of all annotations together. */
const MAX_LENGTH = 256 * 1024;

/** What a hint says of a key: enough of its fingerprint to find it among others. */
export function keyOfHint(fingerprint: string): string {
  return fingerprint.slice(FINGERPRINT_PREFIX.length).slice(0, LENGTH);
}

/** The hint for a sealed value, of its bytes before base64. */
export async function hintFor(sealed: Uint8Array, binding: Binding, fingerprint: string): Promise<Hint> {
  return { key: keyOfHint(fingerprint), binding: boundPart(binding), hash: await hashOf(sealed) };
}

/** Whether a hint speaks of these bytes, and not of what stood in their place before. */
export async function isHintOf({ hash }: Hint, sealed: Uint8Array): Promise<boolean> {
  return hash === (await hashOf(sealed));
}

/** The hints of an object; none where there is no annotation, and what is malformed in it is passed over. */
export function readHints(annotations: Annotations = {}): ReadonlyMap<string, Hint> {
  const text = annotations[HINTS_ANNOTATION];
  const hints = new Map<string, Hint>();
  if (text === undefined || text.length > MAX_LENGTH) return hints;
  for (const [item, entry] of Object.entries(parse(text))) {
    const hint = readHint(entry);
    if (hint !== null) hints.set(item, hint);
  }
  return hints;
}

/** The annotations with these hints and no others. */
export function withHints(annotations: Annotations = {}, hints: ReadonlyMap<string, Hint>): Annotations {
  const { [HINTS_ANNOTATION]: _, ...rest } = annotations;
  if (hints.size === 0) return rest;
  const entries = [...hints].map(([item, { key, binding, hash }]) => {
    return [item, [key, LETTERS[binding.scope], binding.namespace, binding.name, hash]] as const;
  });
  return { ...rest, [HINTS_ANNOTATION]: JSON.stringify(Object.fromEntries(entries)) };
}

/** The binding without what its scope leaves open. */
export function boundPart({ scope, namespace, name }: Binding): Binding {
  switch (scope) {
    case "strict":
      return { scope, namespace, name };
    case "namespace-wide":
      return { scope, namespace, name: "" };
    case "cluster-wide":
      return { scope, namespace: "", name: "" };
  }
}

function parse(text: string): object {
  try {
    return optionalFields(JSON.parse(text), HINTS_ANNOTATION) ?? {};
  } catch {
    return {};
  }
}

function readHint(entry: unknown): Hint | null {
  if (!Array.isArray(entry) || entry.length !== 5 || !entry.every((part) => typeof part === "string")) return null;
  const [key, letter, namespace, name, hash] = entry as [string, string, string, string, string];
  const scope = SCOPES_BY_LETTER.get(letter);
  return scope === undefined ? null : { key, binding: boundPart({ scope, namespace, name }), hash };
}

async function hashOf(bytes: Uint8Array): Promise<string> {
  return encodeBase64(await cryptography.sha256(bytes)).slice(0, LENGTH);
}
