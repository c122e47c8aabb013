import { Composer, type Document, type ErrorCode } from "yaml";
import type { SourceText } from "./source-text.ts";
import type { ManifestSyntaxErrorCode } from "./syntax-error.ts";
import type { Tree } from "./tree.ts";
import { checkCharacters, checkDialect } from "./yaml-dialect.ts";
import { tokensOf } from "./yaml-tokens.ts";
import { buildTree } from "./yaml-tree.ts";

/** A document read, and where its value starts. */
export interface ParsedText {
  readonly tree: Tree;
  readonly offset: number;
}

/** The library finds the structure and the text of scalars; what they mean, and which keys are the same, is decided here. */
export const LIBRARY_OPTIONS = {
  schema: "failsafe",
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "silent",
} as const;

const DIRECTIVE_WITHOUT_EFFECT = /^%YAML[ \t]+1\.1$/;

/** The library's words quote the text, which may be a password: only its codes pass. */
const CODES: Readonly<Record<ErrorCode, ManifestSyntaxErrorCode>> = {
  ALIAS_PROPS: "bad_alias",
  BAD_ALIAS: "bad_alias",
  BAD_COLLECTION_TYPE: "bad_tag",
  BAD_DIRECTIVE: "unsupported_directive",
  BAD_DQ_ESCAPE: "bad_escape",
  BAD_INDENT: "bad_indentation",
  BAD_PROP_ORDER: "unexpected_token",
  BAD_SCALAR_START: "reserved_character",
  BLOCK_AS_IMPLICIT_KEY: "bad_implicit_key",
  BLOCK_IN_FLOW: "unexpected_token",
  DUPLICATE_KEY: "duplicate_key",
  IMPOSSIBLE: "unexpected_token",
  KEY_OVER_1024_CHARS: "bad_implicit_key",
  MISSING_CHAR: "missing_character",
  MULTILINE_IMPLICIT_KEY: "bad_implicit_key",
  MULTIPLE_ANCHORS: "unexpected_token",
  MULTIPLE_DOCS: "after_document_end",
  MULTIPLE_TAGS: "unexpected_token",
  NON_STRING_KEY: "bad_key_type",
  RESOURCE_EXHAUSTION: "too_deep",
  TAB_AS_INDENT: "tab_indentation",
  TAG_RESOLVE_FAILED: "bad_tag",
  UNEXPECTED_TOKEN: "unexpected_token",
};

/** Reads the one document of a part of the input; undefined where it has none but comments. */
export function parseYaml(source: SourceText): ParsedText | undefined {
  checkCharacters(source);
  const [document, next] = compose(source);
  if (document === undefined) return undefined;
  const error = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0];
  if (error !== undefined) throw source.fault(CODES[error.code], error.pos[0]);
  if (next !== undefined) throw source.fault("after_document_end", next.range[0]);
  return { tree: buildTree(document.contents, source), offset: document.contents?.range[0] ?? 0 };
}

function compose(source: SourceText): Document.Parsed[] {
  const tokens = [...tokensOf(source.text)];
  const document = tokens.find((token) => token.type === "document");
  for (const token of tokens) {
    if (token.type === "document") checkDialect(token, source);
    if (token.type !== "directive") continue;
    const isBefore = document !== undefined && document.offset > token.offset;
    if (isBefore || !DIRECTIVE_WITHOUT_EFFECT.test(token.source))
      throw source.fault("unsupported_directive", token.offset);
  }
  return [...new Composer(LIBRARY_OPTIONS).compose(tokens)];
}
