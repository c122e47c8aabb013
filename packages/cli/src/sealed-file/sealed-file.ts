import { isDeepStrictEqual } from "node:util";
import { readSealedSecret, SEALED_SECRET_KIND, type SealedSecret } from "@sealwright/core";
import { ManifestRewriteError, readManifests, rewriteManifest } from "@sealwright/core/kubernetes-yaml";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import type { ItemProblem, Located } from "../items/problem.ts";
import { type Manifest, manifestsIn, STDIN, within } from "../manifest.ts";
import { BYTE_ORDER_MARK } from "../text.ts";
import { type EncodedText, readEncoded, writeEncoded } from "./encoded-text.ts";
import { announceStdin } from "./sealed-sources.ts";
import { withChanges } from "./with-changes.ts";

/** Which SealedSecret of a file is meant; a file with one needs no choice. */
export interface Choice {
  /** `NAME`, or `NAMESPACE/NAME`. */
  readonly name: string | undefined;
  /** Which document, from 1, of those that are not empty. */
  readonly document: number | undefined;
}

/** A SealedSecret, and the file that it is in. */
export interface SealedFile {
  /** `stdin` where it has none: then it is saved to stdout. */
  readonly path: string;
  readonly isStdin: boolean;
  readonly bytes: Uint8Array;
  readonly content: EncodedText;
  readonly manifest: Manifest;
  readonly sealed: SealedSecret;
}

/**
 * @param operand a path, or `-` for stdin
 * @throws CommandError `manifest_encoding`, `items`, and those of reading a manifest
 */
export async function openSealedFile(operand: string, choice: Choice, io: Io): Promise<SealedFile> {
  const isStdin = operand === STDIN;
  const path = isStdin ? "stdin" : operand;
  if (isStdin) await announceStdin(io);
  const bytes = await (isStdin ? io.stdin.read() : io.files.read(path));
  const content = readEncoded(bytes);
  if (content === null) throw new CommandError({ code: "manifest_encoding", source: path });
  const manifest = chosen(path, manifestsIn(path, content.text), choice);
  const sealed = await within(manifest, () => readSealedSecret(manifest.value));
  return { path, isStdin, bytes, content, manifest, sealed };
}

/**
 * Puts the object as it is now into its file: with the lines that differ, and no other. The file is left alone where somebody has changed
 * it meanwhile. What came from stdin goes to stdout, all of it and in UTF-8.
 *
 * @throws CommandError `items` with `not_rewritable` or `file_changed`, and those of writing a file
 */
export async function saveSealedFile(file: SealedFile, sealed: SealedSecret, io: Io): Promise<void> {
  const { path, isStdin, bytes, content } = file;
  const text = rewritten(file, sealed);
  if (isStdin) return io.stdout.write(content.encoding === "utf-8" ? text : withoutMark(text));
  if (text === content.text) return;
  if (!Buffer.from(await io.files.read(path)).equals(bytes)) throw refusal({ code: "file_changed", path });
  await io.files.replace(path, writeEncoded({ ...content, text }));
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function rewritten({ content, manifest, sealed: before }: SealedFile, after: SealedSecret): string {
  const { place, value } = manifest;
  const object = withChanges(value, before, after);
  // What is written is what was meant, or nothing is.
  if (!isDeepStrictEqual(readSealedSecret(object), after)) throw refusal({ code: "not_rewritable", place });
  const index = place.document - 1;
  const document = readManifests(content.text)[index]?.value;
  try {
    return rewriteManifest(
      content.text,
      index,
      place.item === undefined ? object : withItem(document, place.item, object),
    );
  } catch (error) {
    if (!(error instanceof ManifestRewriteError)) throw error;
    throw new CommandError({ code: "items", problem: { code: "not_rewritable", place } }, { cause: error });
  }
}

function withItem(list: unknown, item: number, object: unknown): unknown {
  const { items } = list as { readonly items: readonly unknown[] };
  return { ...(list as object), items: items.with(item - 1, object) };
}

function chosen(source: string, manifests: readonly Manifest[], { name, document }: Choice): Manifest {
  const sealed = manifests.filter(({ value }) => fieldsOf(value)["kind"] === SEALED_SECRET_KIND);
  const [only, ...others] = sealed.filter((manifest) => {
    const { place, name: own, namespace } = located(manifest);
    const isNamed = name === undefined || name === own || name === `${namespace}/${own}`;
    return isNamed && (document === undefined || document === place.document);
  });
  const [first, ...more] = manifests;
  // A file with one object that is something else is told what it is.
  if (sealed.length === 0 && first !== undefined && more.length === 0) return first;
  if (only === undefined) throw refusal({ code: "sealed_secret_absent", source, found: sealed.map(located) });
  if (others.length > 0) {
    throw refusal({ code: "sealed_secret_ambiguous", source, found: [only, ...others].map(located) });
  }
  return only;
}

function located({ value, place }: Manifest): Located {
  const { name, namespace } = fieldsOf(fieldsOf(value)["metadata"]);
  return { place, name: String(name ?? ""), namespace: String(namespace ?? "") };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function refusal(problem: ItemProblem): CommandError {
  return new CommandError({ code: "items", problem });
}
