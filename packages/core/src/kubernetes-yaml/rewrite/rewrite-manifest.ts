import { Composer, type Document } from "yaml";
import { type ParsedDocument, parseDocuments } from "../parse-documents.ts";
import { readManifests } from "../read-manifests.ts";
import { ManifestSyntaxError } from "../syntax-error.ts";
import { LIBRARY_OPTIONS } from "../yaml-text.ts";
import { tokensOf } from "../yaml-tokens.ts";
import { aliasTargets, anchorSplices } from "./anchors.ts";
import { indentationStep } from "./indentation.ts";
import { OriginalText } from "./original-text.ts";
import { isSame } from "./plain-object.ts";
import { ManifestRewriteError } from "./rewrite-error.ts";
import { type Care, Rewriter } from "./rewriter.ts";
import { SourceLines } from "./source-lines.ts";
import { inOrder, overlap, type Splice } from "./splice.ts";

/**
 * The text with another value in one of its documents, and everything else to the character: comments, the order of keys, quotes,
 * block styles, anchors, indentation, line ends and the byte order mark. What changes is the lines of the fields that differ; a new
 * field comes after its siblings and looks like them, and one that goes leaves the comments above it.
 *
 * The result is read back before it is returned: it says the new value in that document and the old ones in all others.
 *
 * @param text as `readManifests` takes it
 * @param index of the document, as `readManifests` counts
 * @param value what JSON can hold; an object, as the document is one
 * @throws ManifestSyntaxError where the text is no manifest; ManifestRewriteError where its form (a key that is an alias, say)
 * leaves no place for the change
 */
export function rewriteManifest(text: string, index: number, value: unknown): string {
  const before = readManifests(text).map((document) => document.value);
  if (!(index in before)) throw new RangeError("there is no such document");
  const after = before.with(index, value);
  if (isSame(before[index], value)) return text;
  for (const care of CARES) {
    const result = attempt(text, { index, before: before[index], after: value, care });
    if (result !== null && says(result, after)) return result;
  }
  throw new ManifestRewriteError();
}

/** The first that comes to the new value is taken. */
const CARES: readonly Care[] = [
  { isPlain: false, unshares: false },
  { isPlain: false, unshares: true },
  { isPlain: true, unshares: true },
];

interface Attempt {
  readonly index: number;
  readonly before: unknown;
  readonly after: unknown;
  readonly care: Care;
}

/** Null where nothing comes of it. */
function attempt(text: string, request: Attempt): string | null {
  try {
    return rewritten(text, request);
  } catch (error) {
    if (error instanceof ManifestRewriteError) return null;
    throw error;
  }
}

function rewritten(text: string, { index, before, after, care }: Attempt): string | null {
  const document = [...parseDocuments(text)][index];
  const nodes = document && parseNodes(document);
  if (document === undefined || nodes === undefined) return null;
  const original = new OriginalText(text);
  const ownText = textOf(document);
  const lines = new SourceLines(ownText, indentationStep(nodes.contents, ownText));
  const targets = aliasTargets(nodes);
  const isJson = document.jsonEnd !== null;
  const rewriter = new Rewriter(lines, { isJson, care, targetOf: (alias) => targets.get(alias) });
  rewriter.rewrite(nodes.contents, before, after, { entry: null, isInFlow: isJson });
  const splices = inOrder([...rewriter.splices, ...anchorSplices(targets, ownText, rewriter)]);
  const start = startOf(document, original.read);
  return overlap(splices) ? null : original.spliced(splices.map((splice) => moved(splice, start)));
}

/** What the document's nodes count their offsets in. */
function textOf({ source, offset, jsonEnd }: ParsedDocument): string {
  return jsonEnd === null ? source.text : source.text.slice(offset, jsonEnd);
}

/** Where that starts in the whole. */
function startOf({ source, offset, jsonEnd }: ParsedDocument, whole: string): number {
  let lineStart = 0;
  for (let line = source.lineOf(0); line > 1; line -= 1) lineStart = whole.indexOf("\n", lineStart) + 1;
  return lineStart + source.columnOf(0) - 1 + (jsonEnd === null ? 0 : offset);
}

/** JSON is YAML as far as the places of its values go, and what they are is known already. */
function parseNodes(document: ParsedDocument): Document.Parsed | undefined {
  const composer = new Composer({ ...LIBRARY_OPTIONS, keepSourceTokens: true });
  const [nodes] = [...composer.compose(tokensOf(textOf(document)))];
  return nodes;
}

function moved({ start, end, text }: Splice, by: number): Splice {
  return { start: start + by, end: end + by, text };
}

function says(text: string, values: readonly unknown[]): boolean {
  try {
    return isSame(
      readManifests(text).map(({ value }) => value),
      values,
    );
  } catch (error) {
    if (error instanceof ManifestSyntaxError) return false;
    throw error;
  }
}
