import { type ManifestFormat, writeManifest } from "@sealwright/core/kubernetes-yaml";
import { goJson } from "../go-json.ts";

export type LineEnd = "\n" | "\r\n";

/** Puts documents together to one text: those that come through as they stand, and those that are made. */
export class DocumentWriter {
  readonly #format: ManifestFormat;
  readonly #write: (text: string) => Promise<void>;
  #isEmpty = true;

  constructor(format: ManifestFormat, write: (text: string) => Promise<void>) {
    this.#format = format;
    this.#write = write;
  }

  /** A text as it stands, behind its own separator where it has one. */
  async copy(text: string, separator: string): Promise<void> {
    await this.#add(text, separator, lineEndOf(text));
  }

  /** An object that is not touched, as a document of its own. */
  async object(object: object, lineEnd: LineEnd): Promise<void> {
    await this.#add(this.#textOf(object, { sortKeys: false, lineEnd }), "", lineEnd);
  }

  /**
   * A SealedSecret, with its fields in the order of the Go project's files: who changes over sees no difference in Git.
   *
   * @param text one that says the same, to be taken instead if it is of this format
   */
  async sealed(object: object, text: string | null, lineEnd: LineEnd): Promise<void> {
    const isOfFormat = text?.trimStart().startsWith("{") === (this.#format === "json");
    if (text !== null && isOfFormat) return this.#add(text, "", lineEndOf(text));
    await this.#add(this.#textOf(object, { sortKeys: true, lineEnd }), "", lineEnd);
  }

  async #add(text: string, separator: string, lineEnd: LineEnd): Promise<void> {
    const between = separator === "" && !this.#isEmpty ? "---" : separator;
    this.#isEmpty = false;
    await this.#write((this.#format === "json" ? "" : ended(between, lineEnd)) + ended(text, lineEnd));
  }

  #textOf(object: object, { sortKeys, lineEnd }: { readonly sortKeys: boolean; readonly lineEnd: LineEnd }): string {
    const text = this.#format === "json" ? goJson(object) : writeManifest(object, "yaml", { sortKeys });
    return lineEnd === "\n" ? text : text.replaceAll("\n", lineEnd);
  }
}

/** That of its first line. */
export function lineEndOf(text: string): LineEnd {
  return text[text.indexOf("\n") - 1] === "\r" ? "\r\n" : "\n";
}

function ended(text: string, lineEnd: LineEnd): string {
  return text === "" || text.endsWith("\n") ? text : text + lineEnd;
}
