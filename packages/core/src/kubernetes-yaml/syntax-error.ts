/** Why a text is not the manifest it should be. None of them tells anything of the text. */
export type ManifestSyntaxErrorCode =
  /** A line that starts with `---` and goes on with something other than a comment. */
  | "bad_separator"
  /** `%YAML 1.2`, `%TAG` and the like, or a `%` line that no `---` follows. */
  | "unsupported_directive"
  /** Something follows the end of the document, where Go stops reading without a word. */
  | "after_document_end"
  | "control_character"
  /** A raw NEL, LS or PS, or a carriage return of its own: YAML 1.1 breaks the line there, editors do not show it. */
  | "hidden_line_break"
  | "lone_surrogate"
  | "tab_indentation"
  /** Or a bracket that is not closed: the lines after it tell the same. */
  | "bad_indentation"
  | "bad_escape"
  /** A plain scalar starts with, or holds, a character that YAML 1.1 keeps for itself at that place. */
  | "reserved_character"
  /** A quote, bracket, colon, comma or space is missing. */
  | "missing_character"
  | "unexpected_token"
  /** A key without `?` that spans lines, is a block, or is longer than 1024 characters. */
  | "bad_implicit_key"
  /** A key that is null, a list or a mapping, or a number beyond 64 bits with sign. */
  | "bad_key_type"
  | "duplicate_key"
  /** An alias of no anchor, of a node that contains it, or with a name that is not letters, digits, `-` and `_`. */
  | "bad_alias"
  /** An explicit tag that the scalar does not fit, or that is no tag. */
  | "bad_tag"
  /** `!!binary` that is not base64, or not of UTF-8 text. */
  | "bad_binary"
  /** `<<` with something other than a mapping or a list of mappings. */
  | "bad_merge"
  /** `.inf` or `.nan` where JSON needs a number. */
  | "not_finite"
  | "too_deep"
  | "too_many_aliases";

/** Where in the input it is wrong. */
export interface ManifestPosition {
  /** Which document, from 0, of those that are not empty. */
  readonly document: number;
  /** From 1, in the whole text. */
  readonly line: number;
  /** From 1, in UTF-16 units; null where only the line is known. */
  readonly column: number | null;
}

/** The only error that reading manifests throws. Neither the message nor a field holds anything of the input. */
export class ManifestSyntaxError extends Error implements ManifestPosition {
  readonly code: ManifestSyntaxErrorCode;
  readonly document: number;
  readonly line: number;
  readonly column: number | null;

  constructor(code: ManifestSyntaxErrorCode, position: ManifestPosition) {
    super(`document ${position.document + 1}, line ${position.line}: ${describeSyntaxError(code)}`);
    this.name = "ManifestSyntaxError";
    this.code = code;
    this.document = position.document;
    this.line = position.line;
    this.column = position.column;
  }
}

function describeSyntaxError(code: ManifestSyntaxErrorCode): string {
  switch (code) {
    case "bad_separator":
      return "only a comment may follow --- on its line";
    case "unsupported_directive":
      return "the only directive supported is %YAML 1.1, and --- must follow it";
    case "after_document_end":
      return "the document has ended: start another one with ---";
    case "control_character":
      return "control characters are not allowed: write it as an escape between double quotes";
    case "hidden_line_break":
      return "a line break other than a line feed: write it as an escape between double quotes";
    case "lone_surrogate":
      return "half of a UTF-16 surrogate pair is not a character";
    case "tab_indentation":
      return "tabs are not allowed as indentation";
    case "bad_indentation":
      return "the indentation is wrong, or a bracket is not closed";
    case "bad_escape":
      return "an unknown escape between double quotes";
    case "reserved_character":
      return "YAML reserves a character of this value: put it between quotes";
    case "missing_character":
      return "a quote, bracket, colon, comma or space is missing";
    case "unexpected_token":
      return "this is not valid YAML";
    case "bad_implicit_key":
      return "a key must stand on one line and have at most 1024 characters";
    case "bad_key_type":
      return "a key must be a string, a number or a boolean";
    case "duplicate_key":
      return "this key is already set";
    case "bad_alias":
      return "an alias must name an anchor before it, one that does not contain the alias";
    case "bad_tag":
      return "the value does not fit its tag, or the tag is malformed";
    case "bad_binary":
      return "a !!binary value must be base64 of UTF-8 text";
    case "bad_merge":
      return "a merge needs a mapping or a list of mappings";
    case "not_finite":
      return "infinity and not-a-number have no place in a manifest: put it between quotes";
    case "too_deep":
      return "the document is nested too deep";
    case "too_many_aliases":
      return "the aliases would make the document too large";
  }
}
