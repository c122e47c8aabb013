import { type CST, isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from "yaml";
import { rewriteBlockMapping } from "./block-mapping.ts";
import { type Entry, propertiesOf } from "./entry.ts";
import { rewriteFlowMapping } from "./flow-mapping.ts";
import { nestedLines } from "./nested-lines.ts";
import { isPlainObject, isSame, type PlainObject } from "./plain-object.ts";
import { ManifestRewriteError } from "./rewrite-error.ts";
import { blockScalarSplices, quotesOf, writeInline } from "./scalar-text.ts";
import type { SourceLines } from "./source-lines.ts";
import type { Splice } from "./splice.ts";
import { endOfToken } from "./token-extent.ts";

/** Where a value stands. */
export interface Position {
  /** The mapping's entry that has the value; null for an item of a list and for the document itself. */
  readonly entry: Entry | null;
  /** Brackets stand around it. */
  readonly isInFlow: boolean;
}

/** A mapping of the text, what it says, and what it is to say. */
export interface MappingRewrite {
  readonly node: YAMLMap.Parsed;
  readonly position: Position;
  readonly before: PlainObject;
  readonly after: PlainObject;
}

/** A value that does not stand in the text any more as it was. */
export interface Detached {
  readonly node: ParsedNode;
  /** The anchor that stays in the text; null where it went with the value. */
  readonly anchor: CST.SourceToken | null;
}

/** How much of the text may change beside the values themselves. */
export interface Care {
  /** Exchange values with their tags and block styles, instead of putting new ones into these. */
  readonly isPlain: boolean;
  /** Write out what an alias or a merge says where what it refers to changes. */
  readonly unshares: boolean;
}

interface RewriterOptions {
  readonly isJson: boolean;
  readonly care: Care;
  /** What an alias stands for. */
  readonly targetOf: (alias: ParsedNode) => ParsedNode | undefined;
}

/** Turns one value into another, as splices of the text that says the first. */
export class Rewriter {
  readonly lines: SourceLines;
  readonly isJson: boolean;
  readonly care: Care;
  readonly splices: Splice[] = [];
  readonly detached: Detached[] = [];
  readonly #targetOf: RewriterOptions["targetOf"];
  readonly #changed = new Set<ParsedNode>();

  constructor(lines: SourceLines, { isJson, care, targetOf }: RewriterOptions) {
    this.lines = lines;
    this.isJson = isJson;
    this.care = care;
    this.#targetOf = targetOf;
  }

  splice(...splices: readonly Splice[]): void {
    this.splices.push(...splices);
  }

  /** @throws ManifestRewriteError where the text has a form that nothing can be put into */
  rewrite(node: ParsedNode | null, before: unknown, after: unknown, position: Position): void {
    if (this.#isDone(node, before, after)) return;
    if (isMap(node) && isPlainObject(before) && isPlainObject(after) && node.items.length > 0) {
      const rewriteMapping = node.flow === true ? rewriteFlowMapping : rewriteBlockMapping;
      rewriteMapping(this, { node, position, before, after });
    } else if (isSeq(node) && Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
      const inner = { entry: null, isInFlow: position.isInFlow || node.flow === true };
      for (const [index, item] of node.items.entries()) this.rewrite(item, before[index], after[index], inner);
    } else {
      this.#exchange(node, after, position);
    }
  }

  /** In the order of the text, so that what changes is known when its aliases are met. */
  #isDone(node: ParsedNode | null, before: unknown, after: unknown): boolean {
    if (!isSame(before, after)) {
      if (node !== null) this.#changed.add(node);
      return false;
    }
    if (node === null || isScalar(node) || !this.care.unshares) return true;
    const target = isAlias(node) ? this.#targetOf(node) : undefined;
    return isAlias(node) && (target === undefined || !this.#changed.has(target));
  }

  /** Takes an entry out as a whole. */
  remove({ valueNode }: Entry, ...splices: readonly Splice[]): void {
    if (valueNode !== null) this.detached.push({ node: valueNode, anchor: null });
    this.splice(...splices);
  }

  /** Puts another key into the place and quotes of the old one. */
  rename({ item: { key } }: Entry, to: string, isInFlow: boolean): void {
    if (!key || !("source" in key) || key.type === "block-scalar") throw new ManifestRewriteError();
    const text = writeInline(to, { quotes: this.isJson ? "double" : quotesOf(key), isInFlow });
    this.splice({ start: key.offset, end: endOfToken(key), text });
  }

  #exchange(node: ParsedNode | null, after: unknown, position: Position): void {
    const { entry, isInFlow } = position;
    const isNested = entry !== null && !isInFlow && isPlainObject(after) && Object.keys(after).length > 0;
    const token = node?.srcToken;
    if (node !== null) this.#detach(node, entry, isNested);
    if (isNested) this.#nest(entry, after);
    else if (token === undefined) this.#fill(entry, after, isInFlow);
    else this.#replace(token, after, position);
  }

  #detach(node: ParsedNode, entry: Entry | null, isNested: boolean): void {
    const staysWithout = isNested || this.care.isPlain || entry === null;
    const anchor = staysWithout ? undefined : propertiesOf(entry).find(({ type }) => type === "anchor");
    this.detached.push({ node, anchor: anchor ?? null });
  }

  #replace(token: CST.Token, after: unknown, position: Position): void {
    const isInBlock = token.type === "block-scalar" && typeof after === "string" && !this.care.isPlain;
    const inBlock = isInBlock ? blockScalarSplices(token, after) : null;
    this.splice(...(inBlock ?? [this.#replacement(token, after, position)]));
  }

  #replacement(token: CST.Token, after: unknown, { entry, isInFlow }: Position): Splice {
    const [property] = this.care.isPlain && entry !== null ? propertiesOf(entry) : [];
    const style = { quotes: this.isJson ? "double" : quotesOf(token), isInFlow } as const;
    const margin = isInFlow && entry !== null ? this.lines.marginOf(entry.start) : null;
    const text = writeInline(after, style, margin === null ? null : { margin, step: this.lines.step });
    return { start: property?.offset ?? token.offset, end: this.lines.contentEnd(endOfToken(token)), text };
  }

  /** On the lines below, where there was nothing, an alias, or an empty mapping. */
  #nest(entry: Entry, after: PlainObject): void {
    const { step } = this.lines;
    const margin = " ".repeat(this.lines.column(entry.start)) + step;
    const at = this.lines.after(entry.end);
    this.splice(
      { start: entry.colonEnd, end: this.lines.contentEnd(entry.end), text: "" },
      { start: at, end: at, text: nestedLines(after, { margin, step }) },
    );
  }

  /** Where there was nothing: after the colon, or after the anchor and the tag that stand there. */
  #fill(entry: Entry | null, after: unknown, isInFlow: boolean): void {
    if (entry === null) throw new ManifestRewriteError();
    const hasColon = entry.item.sep?.some(({ type }) => type === "map-value-ind") === true;
    const text = writeInline(after, { quotes: "none", isInFlow });
    this.splice({ start: entry.end, end: entry.end, text: `${hasColon ? "" : ":"} ${text}` });
  }
}
