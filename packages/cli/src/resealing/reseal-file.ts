import { createHash, type Hash } from "node:crypto";
import { ManifestRewriteError, rewriteManifest } from "@sealwright/core/kubernetes-yaml";
import { CommandError, type Place } from "../failure.ts";
import type { Draft, Io } from "../io.ts";
import { isBlank, type Part, readPart, splitWhole } from "../manifest-parts.ts";
import { looksSealed } from "../sealed-file/looks-sealed.ts";
import type { Progress } from "../terminal/progress.ts";
import { encodeText, encodingOf, fromTellingPiece, type TextEncoding } from "../text.ts";
import { resealDocument } from "./reseal-document.ts";
import type { Resealer } from "./resealer.ts";

export interface FileWork {
  readonly resealer: Resealer;
  readonly isDryRun: boolean;
  readonly progress: Progress;
}

/** What was done to a file. */
export interface ResealedFile {
  /** How many SealedSecrets are in it. */
  readonly objects: number;
  /** How many items have a new ciphertext; where there are none, the file was left alone. */
  readonly items: number;
}

/**
 * Reseals what is in a file, in place and in its encoding: the lines of the ciphertexts change, and no other. Either all of it is resealed or nothing is
 * written. A document is held at a time, however many there are.
 *
 * @throws CommandError of reading and writing, as the resealer does, and `items` with `not_rewritable` or `file_changed`
 */
export async function resealFile(
  path: string,
  { resealer, isDryRun, progress }: FileWork,
  io: Io,
): Promise<ResealedFile> {
  const output = new Output(path, isDryRun, io);
  const digest = createHash("sha256");
  const chunks = hashed(io.files.chunks(path), digest);
  let [documents, objects, items] = [0, 0, 0];
  try {
    for await (const { part, isLast } of withLast(splitWhole(output.likeThose(chunks), path))) {
      const resealed = await resealPart(part, { path, before: documents, isLast, resealer });
      documents += resealed.documents;
      objects += resealed.objects;
      items += resealed.items;
      await output.write(resealed.text);
      await progress.documents(resealed.documents);
    }
    if (items > 0) await output.replace(digest.digest("hex"));
  } finally {
    await output.discard();
  }
  return { objects, items };
}

interface PartContext {
  readonly path: string;
  /** How many documents of the file stand before it. */
  readonly before: number;
  /** Whether nothing comes after it. */
  readonly isLast: boolean;
  readonly resealer: Resealer;
}

interface ResealedPart extends ResealedFile {
  readonly text: string;
  readonly documents: number;
}

async function resealPart(part: Part, { path, before, isLast, resealer }: PartContext): Promise<ResealedPart> {
  let text = part.separator + part.text;
  // Most documents of a project have nothing to do with it, and need not even be manifests.
  if (!part.text.includes("SealedSecret")) return { text, documents: isBlank(part) ? 0 : 1, objects: 0, items: 0 };
  const documents = readDocuments(part, before, path);
  if (documents === null) return { text, documents: 1, objects: 0, items: 0 };
  let [objects, items] = [0, 0];
  for (const [index, { value, line }] of documents.entries()) {
    const document = before + index + 1;
    const place = { source: path, document, amongOthers: document > 1 || documents.length > 1 || !isLast, line };
    const resealed = await resealDocument({ value, place }, resealer);
    objects += resealed.objects;
    items += resealed.items;
    if (resealed.items > 0) text = rewritten(text, index, resealed.value, place);
  }
  return { text, documents: documents.length, objects, items };
}

/** Null where it is neither a manifest nor meant to be one of a SealedSecret: a template of something else, say. */
function readDocuments(part: Part, before: number, path: string): ReturnType<typeof readPart> | null {
  try {
    return readPart(part, before, path);
  } catch (error) {
    const failure = error instanceof CommandError ? error.failure : null;
    if (failure?.code === "manifest_syntax" && !looksSealed(part.text)) return null;
    throw error;
  }
}

function rewritten(text: string, index: number, value: unknown, place: Place): string {
  try {
    return rewriteManifest(text, index, value);
  } catch (error) {
    if (!(error instanceof ManifestRewriteError)) throw error;
    throw new CommandError({ code: "items", problem: { code: "not_rewritable", place } }, { cause: error });
  }
}

/** Characters that are held before there is anything to write: most files are left alone, and need no draft. */
const HELD = 1024 * 1024;

/** The new content of a file. */
class Output {
  readonly #path: string;
  readonly #isDryRun: boolean;
  readonly #io: Io;
  #encoding: TextEncoding | null = null;
  #held = "";
  #draft: Draft | null = null;

  constructor(path: string, isDryRun: boolean, io: Io) {
    this.#path = path;
    this.#isDryRun = isDryRun;
    this.#io = io;
  }

  /** The same bytes; what is written has their encoding. */
  async *likeThose(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of fromTellingPiece(chunks)) {
      this.#encoding ??= encodingOf(chunk);
      yield chunk;
    }
  }

  async write(text: string): Promise<void> {
    if (this.#isDryRun) return;
    this.#held += text;
    if (this.#held.length > HELD) await this.#flush();
  }

  /** @param before the digest of the content that this was made of */
  async replace(before: string): Promise<void> {
    if (this.#isDryRun) return;
    const draft = await this.#flush();
    await draft.finish();
    const now = createHash("sha256");
    for await (const _ of hashed(this.#io.files.chunks(this.#path), now));
    if (now.digest("hex") !== before) {
      throw new CommandError({ code: "items", problem: { code: "file_changed", path: this.#path } });
    }
    await draft.commit();
  }

  async discard(): Promise<void> {
    await this.#draft?.discard();
  }

  async #flush(): Promise<Draft> {
    this.#draft ??= await this.#io.files.draft(this.#path);
    await this.#draft.write(encodeText(this.#held, this.#encoding ?? "utf-8"));
    this.#held = "";
    return this.#draft;
  }
}

async function* withLast(
  parts: AsyncIterable<Part>,
): AsyncGenerator<{ readonly part: Part; readonly isLast: boolean }> {
  let held: Part | null = null;
  for await (const part of parts) {
    if (held !== null) yield { part: held, isLast: false };
    held = part;
  }
  if (held !== null) yield { part: held, isLast: true };
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
