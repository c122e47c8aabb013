import { CST } from "yaml";
import type { SourceText } from "./source-text.ts";
import { MAX_DEPTH } from "./tree.ts";

/**
 * Where YAML 1.2, which the library reads, and YAML 1.1, which Go reads, would take the same text for different things. Each of
 * these is refused, so that whatever is accepted means to us what it means to Go.
 */

/** YAML 1.1 breaks lines at NEL, LS and PS and at a carriage return of its own, even between quotes. */
const HIDDEN_LINE_BREAK = /[\r\x85\u2028\u2029]/;
/** All but what may stand raw in YAML. A byte order mark has its place at the start, which is cut off before. */
const NOT_ALLOWED = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

const ANCHOR_OR_ALIAS = /^[&*][0-9A-Za-z_-]+$/;
const TAG = /^!(?:<[0-9A-Za-z_.,:/-]+>|!?[0-9A-Za-z_.:/-]*)$/;

const ESCAPE = /\\./gs;
/** JSON's slash and surrogates, which YAML does not have; and the escaped line break before a blank line, which the library folds. */
const ESCAPE_REFUSED = /\\(?:\/|u[dD][89a-fA-F]|\n[ \t]*\n)/y;

const BLANK_LINES = /(?: *\n)*/y;

const LONGEST_IMPLICIT_KEY = 1024;

export function checkCharacters(source: SourceText): void {
  const match = NOT_ALLOWED.exec(source.text);
  if (match === null) return;
  const [character] = match;
  if (HIDDEN_LINE_BREAK.test(character)) throw source.fault("hidden_line_break", match.index);
  throw source.fault(/\p{Surrogate}/u.test(character) ? "lone_surrogate" : "control_character", match.index);
}

/** Also bounds the depth, before anything recurses into the document. */
export function checkDialect(document: CST.Document, source: SourceText): void {
  const open: Level[] = [{ token: document.value, depth: 0, isFlow: false }];
  checkProperties(document.start, source);
  checkRoot(document.value, source);
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    const { token, depth, isFlow } = level;
    if (!CST.isCollection(token)) {
      checkScalar(token, isFlow, source);
      continue;
    }
    if (depth === MAX_DEPTH) throw source.fault("too_deep", token.offset);
    const inner = { depth: depth + 1, isFlow: token.type === "flow-collection" };
    for (const item of token.items) {
      if (inner.isFlow) checkFlowKey(item, source);
      checkProperties(item.start, source);
      checkProperties(item.sep ?? [], source);
      open.push({ token: item.value, ...inner }, { token: item.key ?? undefined, ...inner });
    }
  }
}

interface Level {
  readonly token: CST.Token | undefined;
  readonly depth: number;
  readonly isFlow: boolean;
}

/** Go wants a block scalar indented, also where it is the whole document. */
function checkRoot(token: CST.Token | undefined, source: SourceText): void {
  if (token?.type === "block-scalar" && /^[^ \n]/m.test(token.source))
    throw source.fault("bad_indentation", token.offset);
}

function checkProperties(tokens: readonly CST.SourceToken[], source: SourceText): void {
  for (const token of tokens) {
    if (token.type === "anchor" && !ANCHOR_OR_ALIAS.test(token.source)) throw source.fault("bad_alias", token.offset);
    if (token.type === "tag" && !isTag(token, source)) throw source.fault("bad_tag", token.offset);
  }
}

/** A comma or bracket that touches a tag belongs to it in YAML 1.1. */
function isTag({ offset, source: tag }: CST.SourceToken, { text }: SourceText): boolean {
  return TAG.test(tag) && /\s/.test(text.charAt(offset + tag.length));
}

function checkScalar(token: CST.Token | undefined, isFlow: boolean, source: SourceText): void {
  switch (token?.type) {
    case "alias":
      if (!ANCHOR_OR_ALIAS.test(token.source)) throw source.fault("bad_alias", token.offset);
      return;
    case "double-quoted-scalar":
      checkEscapes(token, source);
      return;
    case "block-scalar":
      checkBlockScalar(token, source);
      return;
    case "scalar":
      // Between brackets, YAML 1.1 ends a plain scalar at a question mark and lets none start with a colon.
      if (isFlow && /^:|\?/.test(token.source)) throw source.fault("reserved_character", token.offset);
  }
}

function checkEscapes(token: CST.FlowScalar, source: SourceText): void {
  if (!token.source.includes("\\")) return;
  for (const { index } of token.source.matchAll(ESCAPE)) {
    ESCAPE_REFUSED.lastIndex = index;
    if (ESCAPE_REFUSED.test(token.source)) throw source.fault("bad_escape", token.offset + index);
  }
}

/** Where the indentation is told, the library leaves out blank lines at the end, also those with more spaces than that. */
function checkBlockScalar({ props, indent, source: content }: CST.BlockScalar, source: SourceText): void {
  const [header, last] = [props[0], props.at(-1)];
  if (header === undefined || last === undefined || !("source" in header) || !("source" in last)) return;
  const told = Number(/[1-9]/.exec(header.source)?.[0] ?? 0);
  if (told === 0) return;
  const start = last.offset + last.source.length;
  const end = content.trim() === "" ? start : start + content.length;
  BLANK_LINES.lastIndex = end;
  const blank = BLANK_LINES.exec(source.text)?.[0] ?? "";
  if (blank.split("\n").some((line) => line.length > indent + told)) throw source.fault("bad_indentation", end);
}

/** Between brackets too, a key without `?` must be on one line with its colon, and the colon must not touch a bracket or comma. */
function checkFlowKey({ start, key, sep }: CST.CollectionItem, source: SourceText): void {
  const colon = sep?.find((token) => token.type === "map-value-ind");
  if (colon === undefined || key === undefined || key === null) return;
  if (key.type === "scalar" && /[,[\]{}]/.test(source.text.charAt(colon.offset + 1))) {
    throw source.fault("reserved_character", colon.offset);
  }
  if (start.some((token) => token.type === "explicit-key-ind")) return;
  const text = source.text.slice(key.offset, colon.offset);
  if (text.length > LONGEST_IMPLICIT_KEY || text.includes("\n")) throw source.fault("bad_implicit_key", key.offset);
}
