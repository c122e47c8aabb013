import { type CST, Lexer, Parser } from "yaml";

/**
 * The tokens of a text. The library's lexer wants every line within quotes and brackets indented deeper than what they belong to, as
 * YAML says; libyaml, and Go's libraries after it, ask for no indentation there, and people write such lines.
 */
export function* tokensOf(text: string): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of leniently(new Lexer()).lex(text)) yield* parser.next(lexeme);
  yield* parser.end();
}

/** What is private of a lexer, in the one version that there is. */
interface Internals {
  /** How far a line has to be indented to go on with what the one before it began. */
  indentNext: number;
  parseQuotedScalar: Step;
  /** Up to one item or indicator. */
  parseFlowCollection: Step;
}

type Step = () => Generator<string, unknown>;

function leniently(lexer: Lexer): Lexer {
  const internals = lexer as unknown as Internals;
  for (const name of ["parseQuotedScalar", "parseFlowCollection"] as const) {
    const step = internals[name].bind(lexer);
    internals[name] = function* () {
      const { indentNext } = internals;
      internals.indentNext = 0;
      const next = yield* step();
      internals.indentNext = indentNext;
      return next;
    };
  }
  return lexer;
}
