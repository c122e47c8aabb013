import { parseDocuments } from "./parse-documents.ts";
import { readPlainManifests } from "./plain-manifests.ts";
import { toPlainValue } from "./plain-value.ts";
import { SyntaxFault } from "./source-text.ts";
import { ManifestSyntaxError } from "./syntax-error.ts";

/** One document of a text. */
export interface ManifestDocument {
  /** Which one it is, from 0, of those that are not empty. */
  readonly index: number;
  /** Where its value starts, from 1. */
  readonly line: number;
  /**
   * What JSON could hold: an object where it is a manifest at all. Where its kind is Secret, SealedSecret, or a list of them, a number
   * or boolean in a field that Go declares a string is the string that Go makes of it.
   */
  readonly value: unknown;
}

/**
 * Reads a YAML or JSON text of any number of documents as kubeseal does: YAML 1.1 after go-yaml v2 and sigs.k8s.io/yaml, documents
 * between lines that start with `---`, and JSON objects one after the other. Documents that are empty, comments alone or null are
 * passed over. Stricter than Go where Go would lose something: a key twice, text after `...`, `!!binary` that is not UTF-8, half a
 * surrogate pair. More lenient in streams that mix JSON and YAML, where Go depends on the order.
 *
 * The caller bounds the length of the text; time and memory grow in proportion to it.
 *
 * @throws ManifestSyntaxError
 */
export function readManifests(text: string): ManifestDocument[] {
  return readPlainManifests(text) ?? readAnyManifests(text);
}

/** The same, by way of the library whatever the text is made of. */
export function readAnyManifests(text: string): ManifestDocument[] {
  const documents: ManifestDocument[] = [];
  try {
    for (const { source, tree, offset } of parseDocuments(text)) {
      const value = toPlainValue(tree, source, offset);
      documents.push({ index: documents.length, line: source.lineOf(offset), value });
    }
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    throw new ManifestSyntaxError(error.code, { document: documents.length, line: error.line, column: error.column });
  }
  return documents;
}
