import type { SourceText } from "./source-text.ts";
import { type Target, targetOfKind } from "./string-fields.ts";
import type { ManifestSyntaxErrorCode } from "./syntax-error.ts";
import { expansionLimit, MAX_DEPTH, stringOf, type Tree } from "./tree.ts";

/** A string counts as one more node for each so many characters: aliases multiply text as well as nodes. */
const CHARACTERS_PER_NODE = 64;

/** JSON-like values, with strings where Kubernetes wants strings. What aliases share in the tree becomes a copy for each. */
export function toPlainValue(tree: Tree, source: SourceText, offset: number): unknown {
  return new Conversion(source, offset).convert(tree, { kind: "object" }, 0);
}

class Conversion {
  readonly #source: SourceText;
  readonly #offset: number;
  #budget: number;

  constructor(source: SourceText, offset: number) {
    this.#source = source;
    this.#offset = offset;
    this.#budget = expansionLimit(source.text);
  }

  convert(tree: Tree, target: Target, depth: number): unknown {
    this.#spend(tree);
    if (depth > MAX_DEPTH) throw this.#fault("too_deep");
    if (tree instanceof Map) return this.#object(tree, target, depth);
    if (Array.isArray(tree)) return tree.map((item) => this.#child(item, target, depth));
    if (target.kind === "string") return stringOf(tree);
    if (typeof tree === "bigint") return Number(tree);
    if (typeof tree === "number" && !Number.isFinite(tree)) throw this.#fault("not_finite");
    return tree;
  }

  /** Every key becomes an own property, `__proto__` too. */
  #object(tree: Map<string, Tree>, target: Target, depth: number): unknown {
    const actual = target.kind === "object" ? targetOfKind(tree.get("kind")) : target;
    return Object.fromEntries(
      Array.from(tree, ([key, child]) => {
        this.#spend(key);
        const field = actual.kind === "fields" ? actual.fields.get(key) : undefined;
        return [key, field === undefined ? this.#child(child, actual, depth) : this.convert(child, field, depth + 1)];
      }),
    );
  }

  #child(tree: Tree, target: Target, depth: number): unknown {
    if (target.kind !== "each") return this.convert(tree, { kind: "any" }, depth + 1);
    if (tree === null && target.null === "emptied") return "";
    return this.convert(tree, target.of, depth + 1);
  }

  #spend(tree: Tree): void {
    this.#budget -= 1 + (typeof tree === "string" ? tree.length / CHARACTERS_PER_NODE : 0);
    if (this.#budget < 0) throw this.#fault("too_many_aliases");
  }

  #fault(code: ManifestSyntaxErrorCode) {
    return this.#source.fault(code, this.#offset);
  }
}
