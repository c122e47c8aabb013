import { SealwrightError } from "@sealwright/core";
import { type ManifestDocument, ManifestSyntaxError, readManifests } from "@sealwright/core/kubernetes-yaml";
import { CommandError, type Place } from "./failure.ts";
import type { Io } from "./io.ts";
import { decodeText } from "./text.ts";

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
  for (const source of sources) {
    const name = source === STDIN ? "stdin" : source;
    manifests.push(...parse(name, await (source === STDIN ? io.stdin.read() : io.files.read(source))));
  }
  return manifests;
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

function parse(source: string, bytes: Uint8Array): readonly Manifest[] {
  const text = decodeText(bytes);
  if (text === null) throw new CommandError({ code: "manifest_encoding", source });
  return manifestsIn(source, text);
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
