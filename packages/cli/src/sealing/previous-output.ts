import { isDeepStrictEqual } from "node:util";
import { readSealedSecret, type SealedSecret, SealwrightError } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { type ReadPart, readParts } from "../manifest-parts.ts";
import { isList, objectsIn } from "./document-kind.ts";

/** A SealedSecret as an earlier run, or somebody else, has left it. */
export interface PreviousDocument {
  readonly sealed: SealedSecret;
  /** Its text, where it is a document of its own; null in a List or a stream of JSON. */
  readonly text: string | null;
}

/** Why a file is not one that sealing made, or null where it is. */
export type Strangeness = "no_sealed_secret" | "plaintext" | "unreadable" | null;

/**
 * The SealedSecrets that stand in an output before it is replaced. It is read alongside the input, which has them in the same order unless
 * somebody has moved things: then what was passed over is kept until it is asked for.
 */
export class PreviousOutput {
  readonly #parts: AsyncGenerator<ReadPart>;
  readonly #passedOver = new Map<string, PreviousDocument>();
  #sealedSecrets = 0;
  #strangeness: Strangeness = null;
  #isAtEnd = false;

  constructor(chunks: AsyncIterable<Uint8Array>, source: string) {
    this.#parts = readParts(chunks, source);
  }

  /** Of a file that may not be there. */
  static async at(path: string | null, io: Io): Promise<PreviousOutput | null> {
    if (path === null || (await io.files.kindOf(path)) !== "file") return null;
    return new PreviousOutput(io.files.chunks(path), path);
  }

  async find(namespace: string, name: string): Promise<PreviousDocument | null> {
    const wanted = keyOf(namespace, name);
    while (!this.#passedOver.has(wanted) && !this.#isAtEnd) await this.#readOn(true);
    const found = this.#passedOver.get(wanted) ?? null;
    this.#passedOver.delete(wanted);
    return found;
  }

  /** Reads what is left, and tells whether the file is one that sealing may replace. An empty one is. */
  async strangeness(): Promise<Strangeness> {
    while (!this.#isAtEnd) await this.#readOn(false);
    return this.#strangeness;
  }

  async close(): Promise<void> {
    await this.#parts.return(undefined);
  }

  /** @param keeps whether what is found may still be asked for */
  async #readOn(keeps: boolean): Promise<void> {
    const part = await this.#next();
    if (part === null) return;
    for (const { value } of part.documents) {
      const isAlone = part.documents.length === 1 && !isList(value);
      for (const object of objectsIn(value)) this.#note(object, isAlone ? part.text : null, keeps);
    }
  }

  async #next(): Promise<ReadPart | null> {
    try {
      const { done, value } = await this.#parts.next();
      if (done !== true) {
        this.#strangeness ??= "no_sealed_secret";
        return value;
      }
      if (this.#strangeness === "no_sealed_secret" && this.#sealedSecrets > 0) this.#strangeness = null;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#strangeness = "unreadable";
    }
    this.#isAtEnd = true;
    return null;
  }

  #note(object: unknown, text: string | null, keeps: boolean): void {
    const { kind, apiVersion } = (object ?? {}) as { readonly kind?: unknown; readonly apiVersion?: unknown };
    if (apiVersion === "v1" && kind === "Secret") this.#strangeness = "plaintext";
    const sealed = kind === "SealedSecret" ? readIfSound(object) : null;
    if (sealed === null) return;
    this.#sealedSecrets += 1;
    const { namespace = "", name = "" } = sealed.metadata;
    if (keeps) this.#passedOver.set(keyOf(namespace, name), { sealed, text });
  }
}

/** Whether a SealedSecret says the same as an object, in whatever order. */
export function saysTheSame(previous: SealedSecret, sealed: SealedSecret): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(previous)), JSON.parse(JSON.stringify(sealed)));
}

function readIfSound(object: unknown): SealedSecret | null {
  try {
    return readSealedSecret(object);
  } catch (error) {
    if (error instanceof SealwrightError) return null;
    throw error;
  }
}

function keyOf(namespace: string, name: string): string {
  return JSON.stringify([namespace, name]);
}
