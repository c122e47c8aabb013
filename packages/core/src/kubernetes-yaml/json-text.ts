import { resolveScalar } from "./scalar.ts";
import type { SourceText } from "./source-text.ts";
import { MAX_DEPTH, type Tree } from "./tree.ts";

/** A JSON value, and where in the text it ends. */
export interface JsonValue {
  readonly tree: Tree;
  readonly end: number;
}

/**
 * Reads the JSON value that a text starts with, whatever follows it; null where the text is not JSON, for it may be YAML. Numbers are
 * resolved from their digits, as YAML's are. JSON that is no manifest (a key twice, half a surrogate pair, too deep) throws.
 */
export function parseJson(source: SourceText): JsonValue | null {
  const scanner = new Scanner(source);
  try {
    return { tree: scanner.value(0), end: scanner.at };
  } catch (error) {
    if (error instanceof NotJson) return null;
    throw error;
  }
}

class NotJson extends Error {}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;
const LITERALS: Readonly<Record<string, Tree>> = { true: true, false: false, null: null };

class Scanner {
  readonly #source: SourceText;
  readonly #text: string;
  at = 0;

  constructor(source: SourceText) {
    this.#source = source;
    this.#text = source.text;
  }

  value(depth: number): Tree {
    this.#take(SPACE);
    switch (this.#text[this.at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#list(depth);
      case '"':
        return this.#string();
      default:
        return this.#literalOrNumber();
    }
  }

  #object(depth: number): Map<string, Tree> {
    const entries = new Map<string, Tree>();
    this.#open(depth);
    for (let more = !this.#accept("}"); more; more = this.#continues("}")) {
      this.#take(SPACE);
      const start = this.at;
      if (this.#text[start] !== '"') throw new NotJson();
      const key = this.#string();
      if (!this.#accept(":")) throw new NotJson();
      if (entries.has(key)) throw this.#source.fault("duplicate_key", start);
      entries.set(key, this.value(depth + 1));
    }
    return entries;
  }

  #list(depth: number): Tree[] {
    const items: Tree[] = [];
    this.#open(depth);
    for (let more = !this.#accept("]"); more; more = this.#continues("]")) items.push(this.value(depth + 1));
    return items;
  }

  #open(depth: number): void {
    if (depth === MAX_DEPTH) throw this.#source.fault("too_deep", this.at);
    this.at += 1;
  }

  /** A comma, or the end. */
  #continues(end: string): boolean {
    if (this.#accept(",")) return true;
    if (this.#accept(end)) return false;
    throw new NotJson();
  }

  #accept(character: string): boolean {
    this.#take(SPACE);
    if (this.#text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  #string(): string {
    const start = this.at;
    const end = this.#closingQuote(start + 1);
    this.at = end + 1;
    const string = unescaped(this.#text.slice(start, this.at));
    if (!string.isWellFormed()) throw this.#source.fault("lone_surrogate", start);
    return string;
  }

  #closingQuote(from: number): number {
    let at = from;
    for (;;) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x22) return at;
      if (!(code >= 0x20)) throw new NotJson();
      at += code === 0x5c ? 2 : 1;
    }
  }

  #literalOrNumber(): Tree {
    const literal = this.#take(LITERAL);
    if (literal !== "") return LITERALS[literal] ?? null;
    const number = this.#take(NUMBER);
    if (number === "") throw new NotJson();
    return resolveScalar(number);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const taken = pattern.exec(this.#text)?.[0] ?? "";
    this.at += taken.length;
    return taken;
  }
}

function unescaped(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw new NotJson();
  }
}
