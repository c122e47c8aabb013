import { isDeepStrictEqual } from "node:util";
import { readSealedSecret, SEALED_SECRET_KIND } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import { type Manifest, within } from "../manifest.ts";
import { withChanges } from "../sealed-file/with-changes.ts";
import type { Resealer } from "./resealer.ts";

/** A document after resealing; the very same value where nothing of it changed. */
export interface ResealedDocument {
  readonly value: unknown;
  /** How many SealedSecrets are in it. */
  readonly objects: number;
  /** How many items have a new ciphertext. */
  readonly items: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reseals a SealedSecret, or those of a `v1` List; everything else is left alone. @throws CommandError as the resealer does */
export async function resealDocument(manifest: Manifest, resealer: Resealer): Promise<ResealedDocument> {
  const { apiVersion, kind, items } = (manifest.value ?? {}) as Fields;
  if (kind === SEALED_SECRET_KIND) return resealObject(manifest, resealer);
  if (apiVersion === "v1" && kind === "List" && Array.isArray(items)) return resealList(manifest, items, resealer);
  return { value: manifest.value, objects: 0, items: 0 };
}

async function resealList(
  { value, place }: Manifest,
  items: readonly unknown[],
  resealer: Resealer,
): Promise<ResealedDocument> {
  const after: ResealedDocument[] = [];
  for (const [index, item] of items.entries()) {
    const manifest = { value: item, place: { ...place, item: index + 1 } };
    const isOurs = (item as Fields | null)?.["kind"] === SEALED_SECRET_KIND;
    after.push(isOurs ? await resealObject(manifest, resealer) : { value: item, objects: 0, items: 0 });
  }
  const changed = after.reduce((sum, each) => sum + each.items, 0);
  return {
    value: changed === 0 ? value : { ...(value as object), items: after.map((each) => each.value) },
    objects: after.reduce((sum, each) => sum + each.objects, 0),
    items: changed,
  };
}

async function resealObject(manifest: Manifest, resealer: Resealer): Promise<ResealedDocument> {
  const { value, place } = manifest;
  const before = await within(manifest, () => readSealedSecret(value));
  const { sealed: after, items } = await resealer.reseal({ manifest, sealed: before });
  if (items === 0) return { value, objects: 1, items };
  const object = withChanges(value, before, after);
  // What is written is what was meant, or nothing is.
  if (!isDeepStrictEqual(readSealedSecret(object), after)) {
    throw new CommandError({ code: "items", problem: { code: "not_rewritable", place } });
  }
  return { value: object, objects: 1, items };
}
