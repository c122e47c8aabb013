import { parseJson } from "./json-text.ts";
import { parsePlainBlock } from "./plain-block.ts";
import { toPlainValue } from "./plain-value.ts";
import type { ManifestDocument } from "./read-manifests.ts";
import { type SourceText, SyntaxFault } from "./source-text.ts";
import { splitDocuments } from "./split-documents.ts";
import type { ParsedText } from "./yaml-text.ts";

/**
 * What `readManifests` reads, where each document is JSON or plain YAML in block style; null for any other text, be it right or wrong.
 * Needs no YAML library, which takes longer to load than a Secret to seal.
 */
export function readPlainManifests(text: string): ManifestDocument[] | null {
  const documents: ManifestDocument[] = [];
  try {
    for (const part of splitDocuments(text)) {
      const parsed = parsePlain(part);
      if (parsed === null) return null;
      const { tree, offset } = parsed;
      if (tree === null) continue;
      const value = toPlainValue(tree, part, offset);
      documents.push({ index: documents.length, line: part.lineOf(offset), value });
    }
  } catch (error) {
    if (error instanceof SyntaxFault) return null;
    throw error;
  }
  return documents;
}

function parsePlain(part: SourceText): ParsedText | null {
  const start = part.text.search(/\S/);
  if (start === -1) return { tree: null, offset: 0 };
  if (part.text[start] !== "{") return parsePlainBlock(part);
  const json = parseJson(part);
  return json === null || /\S/.test(part.text.slice(json.end)) ? null : { tree: json.tree, offset: start };
}
