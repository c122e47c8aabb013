import { formatFloat32 } from "./go-float.ts";
import { isInt64 } from "./go-integer.ts";

/**
 * What a document says before it is known which of its fields are strings. A bigint is a YAML integer (exact, up to 64 bits), a
 * number a YAML float (infinity and NaN included). Aliases share what they point to, so that a small text stays small here.
 */
export type Tree = Scalar | Tree[] | Map<string, Tree>;
export type Scalar = null | boolean | bigint | number | string;

/** How many levels of lists and mappings a document may nest; Go allows 10,000, and no manifest needs twenty. */
export const MAX_DEPTH = 100;

/** How many nodes a document may have with its aliases expanded: far more than one without aliases can have. */
export function expansionLimit(text: string): number {
  return 2 * text.length + 100_000;
}

const NOT_FINITE: Readonly<Record<string, string>> = { "+Inf": ".inf", "-Inf": "-.inf", NaN: ".nan" };

/** The string that Go makes of a mapping's key, or null where it refuses the key. */
export function keyOf(tree: Tree): string | null {
  if (typeof tree === "bigint" && !isInt64(tree)) return null;
  const key = stringOf(tree);
  return typeof tree === "number" && key !== null ? (NOT_FINITE[key] ?? key) : key;
}

/** The string that Go makes of a scalar where it wants a string; null for null and for what is no scalar. */
export function stringOf(tree: Tree): string | null {
  switch (typeof tree) {
    case "string":
      return tree;
    case "number":
      return formatFloat32(tree);
    case "boolean":
    case "bigint":
      return String(tree);
    default:
      return null;
  }
}
