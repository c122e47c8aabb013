import { resolveScalar } from "./scalar.ts";
import { keyOf, type Tree } from "./tree.ts";

/** A key that needs no quotes, or has some that it does not need, its colon, and the space that YAML wants after it. */
const KEY = /(?:((?:[A-Za-z0-9_]|\.[A-Za-z0-9_])[A-Za-z0-9_./-]{0,252})|"([^"\\]{1,253})"|'([^']{1,253})'): +/y;
/** As in block style, but without what means something between brackets: to YAML 1.1 a colon and a question mark do, too. */
const PLAIN =
  /(?:[A-Za-z0-9_./+=~$^(<;\\]|-(?=[!-+\--9;->@-Z\\^-z|~]))(?:[!-+\--9;->@-Z\\^-z|~]| +(?=[!"$-+\--9;->@-Z\\^-z|~]))*/y;
/** Between quotes, without escapes. */
const QUOTED = /"([^"\\]*)"|'([^']*)'/y;
const SPACES = / */y;

const MOST_LEVELS = 16;

/**
 * Reads a mapping or list in flow style, such as `{name: a, labels: {app: b}}`, that is on one line and made of scalars that are plain, or
 * quoted without escapes. It finds what the library finds.
 *
 * @returns undefined where it is any other text, right or wrong
 */
export function parsePlainFlow(text: string): Tree | undefined {
  const reader = new Reader(text);
  const tree = reader.value(0);
  return reader.isAtEnd ? tree : undefined;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  value(depth: number): Tree | undefined {
    if (depth === MOST_LEVELS) return undefined;
    if (this.#accept("{")) return this.#mapping(depth);
    if (this.#accept("[")) return this.#list(depth);
    const quoted = this.#take(QUOTED);
    if (quoted !== null) return quoted[1] ?? quoted[2];
    const plain = this.#take(PLAIN);
    return plain === null ? undefined : resolveScalar(plain[0]);
  }

  #mapping(depth: number): Tree | undefined {
    const entries = new Map<string, Tree>();
    this.#take(SPACES);
    for (let more = !this.#accept("}"); more; ) {
      const [, plain, ...quoted] = this.#take(KEY) ?? [];
      const key = plain === undefined ? quoted.find((text) => text !== undefined) : keyOf(resolveScalar(plain));
      if (key === undefined || key === null || entries.has(key)) return undefined;
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      entries.set(key, value);
      const separator = this.#separator("}");
      if (separator === null) return undefined;
      more = separator === ",";
    }
    return entries;
  }

  #list(depth: number): Tree | undefined {
    const items: Tree[] = [];
    this.#take(SPACES);
    for (let more = !this.#accept("]"); more; ) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      const separator = this.#separator("]");
      if (separator === null) return undefined;
      more = separator === ",";
    }
    return items;
  }

  /** A comma or the end, with the spaces around it; null for anything else. */
  #separator(end: string): string | null {
    this.#take(SPACES);
    if (this.#accept(end)) return end;
    if (!this.#accept(",")) return null;
    this.#take(SPACES);
    return ",";
  }

  #accept(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text);
    if (taken !== null) this.#at = pattern.lastIndex;
    return taken;
  }
}
