import { isInt64, parseGoInteger } from "./go-integer.ts";
import { isTimestamp } from "./timestamp.ts";
import type { Scalar } from "./tree.ts";

const TAG_PREFIX = "tag:yaml.org,2002:";

/** The scalars of YAML 1.1 that are words, as go-yaml has them. */
const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

/** Nothing longer is looked up: of a ciphertext, that would take a hash. */
const LONGEST_WORD = Math.max(...[...WORDS.keys()].map((word) => word.length));

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Where a float starts with its point, go-yaml leaves the underscores to Go, which wants them between digits. */
const POINTED_FLOAT = /^\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/;
/** go-yaml takes the sign for a part of the digits. */
const SIGNED_BINARY = /^0b([+-])([01]+)$/;

/** The value of a plain scalar without a tag: YAML 1.1 as go-yaml v2 understands it. */
export function resolveScalar(text: string): Scalar {
  const word = text.length > LONGEST_WORD ? undefined : WORDS.get(text);
  if (word !== undefined) return word;
  if (/^[0-9+-]/.test(text)) return resolveNumber(text.replaceAll("_", "")) ?? text;
  if (POINTED_FLOAT.test(text)) return parseFloat64(text.replaceAll("_", "")) ?? text;
  return text;
}

/**
 * The value of a scalar with an explicit tag, or undefined where it does not fit the tag. Tags that go-yaml does not know, `!` among
 * them, make strings of anything; `!!binary` is the caller's.
 */
export function resolveTagged(text: string, tag: string): Scalar | undefined {
  if (!tag.startsWith(TAG_PREFIX)) return text;
  const value = resolveScalar(text);
  switch (tag.slice(TAG_PREFIX.length)) {
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "null":
      return value === null ? value : undefined;
    case "int":
      return typeof value === "bigint" ? value : undefined;
    case "float":
      return asFloat(value);
    case "timestamp":
      return isTimestamp(text) ? text : undefined;
    default:
      return text;
  }
}

function resolveNumber(plain: string): bigint | number | undefined {
  return parseGoInteger(plain) ?? parseFloat64(plain) ?? parseSignedBinary(plain);
}

/** A float too large for 64 bits is a string to go-yaml. */
function parseFloat64(plain: string): number | undefined {
  const value = FLOAT.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

function parseSignedBinary(plain: string): bigint | undefined {
  const [, sign, digits] = SIGNED_BINARY.exec(plain) ?? [];
  return digits === undefined ? undefined : parseGoInteger(`${sign}0b${digits}`);
}

function asFloat(value: Scalar): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "bigint" && isInt64(value) ? Number(value) : undefined;
}
