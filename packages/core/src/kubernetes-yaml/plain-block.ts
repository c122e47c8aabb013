import { parsePlainFlow } from "./plain-flow.ts";
import { resolveScalar } from "./scalar.ts";
import type { SourceText } from "./source-text.ts";
import { keyOf, type Tree } from "./tree.ts";
import type { ParsedText } from "./yaml-text.ts";

/** Everything beyond is left to the library: tabs, and what YAML 1.1 and 1.2 may see differently. */
const NOT_PRINTABLE_ASCII = /[^\n\x20-\x7e]/;
const BLANK_OR_COMMENT = /(?: *#.*)?\n/y;
/** The indentation, a key that needs no quotes, and the rest of the line. */
const ENTRY = /( *)((?:[A-Za-z0-9_]|\.[A-Za-z0-9_])[A-Za-z0-9_./-]{0,252}):(?: +(\S.*))?\n/y;
/** A scalar that no indicator starts, no colon or comment cuts off, and no space ends. */
const PLAIN = /^(?:[A-Za-z0-9_./+=~$^(<;\\]|-(?=[!-~]))(?:[!-9;-~]|:(?=[!-~])| (?=[ !"$-~]))*$/;
/** Between quotes, without escapes, and nothing after it. */
const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')$/;
const LITERAL = /^\|-?$/;
/** A line of a literal; only those that are blank may be indented less than the first. */
const LITERAL_LINE = /(?:( *)(\S.*))?\n/y;

/** What starts an item of a list that stands on the same line. */
const DASH = /( *)- +(?=\S)/y;
const REST = /(.*)\n/y;

const MOST_LEVELS = 16;

/** A block mapping that is still open. */
interface Mapping {
  readonly indentation: number;
  readonly entries: Map<string, Tree>;
  /** The last key, where nothing has followed its colon yet. */
  open: string | null;
}

/** A block sequence that is still open. */
interface Sequence {
  /** Of its dashes: it can be that of the key whose value it is. */
  readonly indentation: number;
  readonly items: Tree[];
}

/** What is open, from the outermost. */
type Levels = [Mapping, ...(Mapping | Sequence)[]];

/**
 * Reads what nearly every Secret and kubeconfig is written as: mappings and lists in block style whose values are plain, quoted without
 * escapes, literals below `|`, or mappings and lists between brackets on one line. For such a text it finds what `parseYaml` finds, in a
 * tenth of the time and without the library; of any other it says nothing, not even what is wrong with it.
 *
 * @returns null where the text must be read by `parseYaml`; a null tree where it has nothing but comments
 */
export function parsePlainBlock(source: SourceText): ParsedText | null {
  const reader = new Reader(source.text);
  return reader.read() ? { tree: reader.tree, offset: reader.offset } : null;
}

class Reader {
  readonly #text: string;
  readonly #levels: Levels = [mappingAt(0)];
  #at = 0;
  /** Where the first key starts; -1 before it was found. */
  #start = -1;

  constructor(text: string) {
    this.#text = text;
  }

  get tree(): Tree {
    return this.#start === -1 ? null : this.#levels[0].entries;
  }

  get offset(): number {
    return Math.max(this.#start, 0);
  }

  read(): boolean {
    if (NOT_PRINTABLE_ASCII.test(this.#text)) return false;
    while (this.#at < this.#text.length) {
      if (this.#take(BLANK_OR_COMMENT) !== null) continue;
      const start = this.#at;
      const entry = this.#take(ENTRY);
      if (entry === null ? !this.#item() : !this.#entry(entry, this.#mappingOf(entry[1]?.length ?? 0))) return false;
      if (this.#start === -1) this.#start = start;
    }
    return true;
  }

  #entry([, , written = "", value]: RegExpExecArray, mapping: Mapping | null): boolean {
    const key = keyOf(resolveScalar(written));
    if (mapping === null || key === null || mapping.entries.has(key)) return false;
    mapping.open = value === undefined ? key : null;
    const tree = value === undefined ? null : this.#value(value, mapping.indentation);
    if (tree === undefined) return false;
    mapping.entries.set(key, tree);
    return true;
  }

  /** A mapping that is an item begins behind the dash: what comes below is indented as its first key is. */
  #item(): boolean {
    const [dash, margin = ""] = this.#take(DASH) ?? [];
    const items = dash === undefined ? null : this.#itemsOf(margin.length);
    if (items === null || dash === undefined) return false;
    const entry = this.#take(ENTRY);
    if (entry === null) {
      const tree = this.#value(this.#take(REST)?.[1] ?? "", margin.length);
      if (tree !== undefined) items.push(tree);
      return tree !== undefined;
    }
    const mapping = mappingAt(dash.length);
    items.push(mapping.entries);
    return this.#nest(mapping) && this.#entry(entry, mapping);
  }

  /** The mapping that an entry of this indentation belongs to: an open one, or one that starts here as a key's value. */
  #mappingOf(indentation: number): Mapping | null {
    const level = this.#closeWhile((inner) => inner.indentation > indentation || isDashedAt(inner, indentation));
    if (!("entries" in level)) return null;
    if (level.indentation === indentation) return level;
    const mapping = mappingAt(indentation);
    return this.#fill(level, mapping.entries) && this.#nest(mapping) ? mapping : null;
  }

  /** The same for an item. */
  #itemsOf(indentation: number): Tree[] | null {
    const level = this.#closeWhile((inner) => inner.indentation > indentation);
    if ("items" in level) return level.indentation === indentation ? level.items : null;
    const sequence: Sequence = { indentation, items: [] };
    return this.#fill(level, sequence.items) && this.#nest(sequence) ? sequence.items : null;
  }

  #closeWhile(isOver: (level: Mapping | Sequence) => boolean): Mapping | Sequence {
    const [outermost] = this.#levels;
    let level = this.#levels.at(-1) ?? outermost;
    while (level !== outermost && isOver(level)) {
      this.#levels.pop();
      level = this.#levels.at(-1) ?? outermost;
    }
    return level;
  }

  /** Gives the last key its value; not where it has one. */
  #fill(mapping: Mapping, value: Tree): boolean {
    if (mapping.open === null) return false;
    mapping.entries.set(mapping.open, value);
    mapping.open = null;
    return true;
  }

  #nest(level: Mapping | Sequence): boolean {
    this.#levels.push(level);
    return this.#levels.length <= MOST_LEVELS;
  }

  #value(text: string, indentation: number): Tree | undefined {
    if (PLAIN.test(text)) return resolveScalar(text);
    if (text.startsWith("{") || text.startsWith("[")) return parsePlainFlow(text);
    if (LITERAL.test(text)) return this.#literal(indentation, text === "|");
    const quoted = QUOTED.exec(text);
    return quoted === null ? undefined : (quoted[1] ?? quoted[2]);
  }

  /** Undefined where it starts with a blank line, or ends in a line that belongs neither to it nor to a mapping around it. */
  #literal(parent: number, isClipped: boolean): string | undefined {
    const first = this.#take(LITERAL_LINE);
    const indentation = first?.[1]?.length ?? 0;
    if (first?.[2] === undefined || indentation <= parent) return undefined;
    const lines = [first[2]];
    // A literal ends in one line feed or in none: blank lines after its last line are not its own.
    let length = 1;
    while (this.#at < this.#text.length) {
      const start = this.#at;
      const line = this.#take(LITERAL_LINE);
      if (line === null) return undefined;
      const [, margin = "", content] = line;
      if (content !== undefined && margin.length < indentation) {
        this.#at = start;
        if (margin.length > parent) return undefined;
        break;
      }
      lines.push(content === undefined ? "" : margin.slice(indentation) + content);
      if (content !== undefined) length = lines.length;
    }
    return lines.slice(0, length).join("\n") + (isClipped ? "\n" : "");
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text);
    if (taken !== null) this.#at = pattern.lastIndex;
    return taken;
  }
}

function mappingAt(indentation: number): Mapping {
  return { indentation, entries: new Map(), open: null };
}

/** An entry that stands where the dashes of a list stand comes after that list. */
function isDashedAt(level: Mapping | Sequence, indentation: number): boolean {
  return "items" in level && level.indentation === indentation;
}
