import { type Alias, isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from "yaml";
import { decodeBase64 } from "../bytes.ts";
import { resolveScalar, resolveTagged } from "./scalar.ts";
import type { SourceText, SyntaxFault } from "./source-text.ts";
import type { ManifestSyntaxErrorCode } from "./syntax-error.ts";
import { expansionLimit, keyOf, type Tree } from "./tree.ts";

const BINARY_TAG = "tag:yaml.org,2002:binary";
const MERGE_TAG = "tag:yaml.org,2002:merge";

/** What the library's nodes say, as go-yaml v2 reads them. */
export function buildTree(root: ParsedNode | null, source: SourceText): Tree {
  return root === null ? null : new Builder(source).build(root);
}

/** What an alias can point to; without a tree as long as the alias stands inside it. */
interface Anchored {
  tree?: Tree;
}

/** Goes through the nodes once, in the order of the text, so that an alias finds the last anchor of its name before it. */
class Builder {
  readonly #source: SourceText;
  readonly #anchors = new Map<string, Anchored>();
  #mergesLeft: number;

  constructor(source: SourceText) {
    this.#source = source;
    this.#mergesLeft = expansionLimit(source.text);
  }

  build(node: ParsedNode): Tree {
    if (isAlias(node)) return this.#targetOf(node);
    const anchored: Anchored = {};
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, anchored);
    anchored.tree = this.#contentOf(node);
    return anchored.tree;
  }

  #targetOf(alias: Alias.Parsed): Tree {
    const tree = this.#anchors.get(alias.source)?.tree;
    if (tree === undefined) throw this.#fault("bad_alias", alias);
    return tree;
  }

  #contentOf(node: Exclude<ParsedNode, Alias.Parsed>): Tree {
    if (isMap(node)) return this.#mapping(node);
    if (isSeq(node)) return node.items.map((item) => this.build(item));
    return this.#scalar(node);
  }

  #scalar(node: Scalar.Parsed): Tree {
    const text = String(node.value);
    if (node.tag === undefined) return node.type === "PLAIN" ? resolveScalar(text) : text;
    if (node.tag === BINARY_TAG) return this.#binary(node, text);
    const value = resolveTagged(text, node.tag);
    if (value === undefined) throw this.#fault("bad_tag", node);
    return value;
  }

  /** Go puts a replacement character for what is not UTF-8, and so loses it without a word: refused here. */
  #binary(node: Scalar.Parsed, text: string): string {
    const bytes = decodeBase64(text);
    if (bytes === null) throw this.#fault("bad_binary", node);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw this.#fault("bad_binary", node);
    }
  }

  /**
   * Stricter than Go, whose last key of a name wins: a key twice is an error, also where two spellings (`yes` and `true`) are one.
   * A merge is no key; as in go-yaml v2 it overwrites what stands before it and is overwritten by what follows.
   */
  #mapping(map: YAMLMap.Parsed): Map<string, Tree> {
    const entries = new Map<string, Tree>();
    const merged = new Set<string>();
    for (const { key: keyNode, value: valueNode } of map.items) {
      if (isMergeKey(keyNode)) {
        for (const source of this.#mergeSources(valueNode, keyNode)) this.#merge(source, entries, merged);
        continue;
      }
      const key = keyOf(this.build(keyNode));
      if (key === null) throw this.#fault("bad_key_type", keyNode);
      if (entries.has(key) && !merged.delete(key)) throw this.#fault("duplicate_key", keyNode);
      entries.set(key, valueNode === null ? null : this.build(valueNode));
    }
    return entries;
  }

  #merge(source: Map<string, Tree>, entries: Map<string, Tree>, merged: Set<string>): void {
    for (const [key, value] of source) {
      if (!entries.has(key)) merged.add(key);
      entries.set(key, value);
    }
  }

  /** In the order to merge them: of several, the first has the last word. */
  #mergeSources(value: ParsedNode | null, key: ParsedNode): Map<string, Tree>[] {
    if (!isSeq(value)) return [this.#mergeSource(value, key)];
    return value.items.map((item) => this.#mergeSource(item, key)).reverse();
  }

  #mergeSource(value: ParsedNode | null, key: ParsedNode): Map<string, Tree> {
    const tree = value === null ? null : this.build(value);
    if (!(tree instanceof Map)) throw this.#fault("bad_merge", key);
    this.#mergesLeft -= tree.size;
    if (this.#mergesLeft < 0) throw this.#fault("too_many_aliases", key);
    return tree;
  }

  #fault(code: ManifestSyntaxErrorCode, node: ParsedNode): SyntaxFault {
    return this.#source.fault(code, node.range[0]);
  }
}

function isMergeKey(node: ParsedNode): boolean {
  if (!isScalar(node) || node.value !== "<<") return false;
  return node.tag === undefined ? node.type === "PLAIN" : node.tag === MERGE_TAG || node.tag === "!";
}
