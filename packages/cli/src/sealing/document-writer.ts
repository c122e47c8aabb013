import { type ManifestFormat, writeManifest } from "@sealwright/core/kubernetes-yaml";
import { goJson } from "../go-json.ts";

const SEPARATOR = "---\n";

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
  async copy(text: string, separator = ""): Promise<void> {
    const between = separator === "" && !this.#isEmpty ? SEPARATOR : ended(separator);
    this.#isEmpty = false;
    await this.#write((this.#format === "json" ? "" : between) + ended(text));
  }

  /** An object that is not touched, as a document of its own. */
  async object(object: object): Promise<void> {
    await this.copy(this.#textOf(object, false));
  }

  /**
   * A SealedSecret, with its fields in the order of the Go project's files: who changes over sees no difference in Git.
   *
   * @param text one that says the same, to be taken instead if it is of this format
   */
  async sealed(object: object, text: string | null): Promise<void> {
    const isOfFormat = text?.trimStart().startsWith("{") === (this.#format === "json");
    await this.copy(text !== null && isOfFormat ? text : this.#textOf(object, true));
  }

  #textOf(object: object, sortKeys: boolean): string {
    return this.#format === "json" ? goJson(object) : writeManifest(object, "yaml", { sortKeys });
  }
}

function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
