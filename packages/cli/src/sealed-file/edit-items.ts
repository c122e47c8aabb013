import { type Edit, type EditOptions, edit, type KeylessEdit, type SealedSecret } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import { within } from "../manifest.ts";
import type { SealedFile } from "./sealed-file.ts";

/**
 * Does the edits to a file's object; nothing is written.
 *
 * @param namespace of a manifest that names none: what is sealed is bound to it, and the manifest stays as it is
 * @throws CommandError `manifest_refused`, `namespace_conflict`, `items` with `item_unknown`
 */
export function editItems(
  file: SealedFile,
  edits: readonly Edit[],
  { namespace, ...options }: EditOptions & { readonly namespace: string | undefined },
): Promise<SealedSecret> {
  const { manifest, sealed } = file;
  const inManifest = sealed.metadata.namespace ?? "";
  if (namespace !== undefined && inManifest !== "" && namespace !== inManifest) {
    throw new CommandError({ code: "namespace_conflict", place: manifest.place, inManifest, asked: namespace });
  }
  if (namespace === undefined || inManifest !== "") return within(manifest, () => edit(sealed, edits, options));
  return within(manifest, async () => {
    const bound = await edit({ ...sealed, metadata: { ...sealed.metadata, namespace } }, edits, options);
    return { ...bound, metadata: withNamespaceOf(sealed, bound) };
  });
}

/** The same for what seals nothing, and needs no certificate. */
export function moveItems(file: SealedFile, edits: readonly KeylessEdit[]): Promise<SealedSecret> {
  const items = Object.keys(file.sealed.spec.encryptedData);
  const unknown = edits.find(({ item }) => !items.includes(item));
  if (unknown !== undefined) {
    const { place } = file.manifest;
    throw new CommandError({ code: "items", problem: { code: "item_unknown", place, item: unknown.item, items } });
  }
  return within(file.manifest, () => edit(file.sealed, edits));
}

/** As the manifest has it: empty or absent. */
function withNamespaceOf({ metadata }: SealedSecret, bound: SealedSecret): SealedSecret["metadata"] {
  const { namespace: _, ...rest } = bound.metadata;
  return metadata.namespace === undefined ? rest : { ...rest, namespace: metadata.namespace };
}
