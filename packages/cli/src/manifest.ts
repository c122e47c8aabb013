import { SealwrightError } from "@sealwright/core";
import { type ManifestDocument, ManifestSyntaxError, readManifests } from "@sealwright/core/kubernetes-yaml";
import { CommandError, type Place } from "./failure.ts";
import type { Io } from "./io.ts";
import { readParts } from "./manifest-parts.ts";

/** One object of an input, and where it was found. */
export interface Manifest {
  readonly value: unknown;
  readonly place: Place;
}

export const STDIN = "-";

/**
 * Reads every object of the sources, in order; a `v1` List stands for its items.
 *
 * @param sources paths, or `-` for stdin
 * @throws CommandError `manifest_encoding`, `manifest_syntax`, `manifest_absent`, and those of reading a file
 */
export async function readSources(sources: readonly string[], io: Io): Promise<readonly Manifest[]> {
  const manifests: Manifest[] = [];
  for (const source of sources) for await (const manifest of streamSource(source, io)) manifests.push(manifest);
  return manifests;
}

/** The objects of one source as they come in: no more than a document or two is held. Throws as `readSources` does. */
export async function* streamSource(source: string, io: Io): AsyncGenerator<Manifest> {
  const name = source === STDIN ? "stdin" : source;
  const chunks = source === STDIN ? io.stdin.chunks() : io.files.chunks(source);
  let isEmpty = true;
  for await (const { documents, amongOthers } of readParts(chunks, name)) {
    for (const { index, line, value } of documents) {
      for (const manifest of itemsOf({ value, place: { source: name, document: index + 1, amongOthers, line } })) {
        isEmpty = false;
        yield manifest;
      }
    }
  }
  if (isEmpty) throw new CommandError({ code: "manifest_absent", source: name });
}

/** Does something with one object: a problem of core is then known by where the object stands. */
export async function within<T>({ place }: Manifest, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof SealwrightError)) throw error;
    throw new CommandError({ code: "manifest_refused", place, problem: error.problem }, { cause: error });
  }
}

/**
 * Every object of a text, in order; a `v1` List stands for its items.
 *
 * @throws CommandError `manifest_syntax`, `manifest_absent`
 */
export function manifestsIn(source: string, text: string): readonly Manifest[] {
  const documents = readDocuments(source, text);
  const manifests = documents.flatMap((document) => {
    const place = { source, document: document.index + 1, amongOthers: documents.length > 1, line: document.line };
    return itemsOf({ value: document.value, place });
  });
  if (manifests.length === 0) throw new CommandError({ code: "manifest_absent", source });
  return manifests;
}

function readDocuments(source: string, text: string): readonly ManifestDocument[] {
  try {
    return [...readManifests(text)];
  } catch (error) {
    if (!(error instanceof ManifestSyntaxError)) throw error;
    throw new CommandError({ code: "manifest_syntax", source, error }, { cause: error });
  }
}

function itemsOf(manifest: Manifest): readonly Manifest[] {
  const { apiVersion, kind, items } = (manifest.value ?? {}) as Readonly<Record<string, unknown>>;
  if (apiVersion !== "v1" || kind !== "List") return [manifest];
  if (items !== undefined && items !== null && !Array.isArray(items)) return [manifest];
  return (items ?? []).map((value: unknown, index) => ({ value, place: { ...manifest.place, item: index + 1 } }));
}
