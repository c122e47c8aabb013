import { parseJson } from "./json-text.ts";
import type { SourceText } from "./source-text.ts";
import { splitDocuments } from "./split-documents.ts";
import type { Tree } from "./tree.ts";
import { parseYaml } from "./yaml-text.ts";

/** A document that is not empty, and the text that it was read from. */
export interface ParsedDocument {
  /** Starts with the document, or with blank lines and comments before it. */
  readonly source: SourceText;
  readonly tree: Tree;
  /** Where in the source the value starts. */
  readonly offset: number;
  /** Where in the source a JSON value ends; null for a YAML document, which ends with its source. */
  readonly jsonEnd: number | null;
}

/** The documents of a text in their order. Throws SyntaxFault. */
export function* parseDocuments(text: string): Generator<ParsedDocument> {
  for (const part of splitDocuments(text)) yield* parsePart(part);
}

/** A part is JSON objects as long as they last; the rest of it, from the next line on, is one YAML document. */
function* parsePart(part: SourceText): Generator<ParsedDocument> {
  let rest = part;
  for (;;) {
    const start = rest.text.search(/\S/);
    if (start === -1) return;
    const json = rest.text[start] === "{" ? parseJson(rest) : null;
    if (json === null) {
      if (rest !== part && !/^[ \t]*[\n#]/.test(rest.text)) throw rest.fault("after_document_end", start);
      break;
    }
    yield { source: rest, tree: json.tree, offset: start, jsonEnd: json.end };
    rest = rest.from(json.end);
  }
  const yaml = parseYaml(rest);
  if (yaml !== undefined && yaml.tree !== null) yield { source: rest, ...yaml, jsonEnd: null };
}
