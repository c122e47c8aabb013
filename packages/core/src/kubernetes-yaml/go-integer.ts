/** How Go writes an integer whose base its prefix tells, and how BigInt does. Decimal comes last: `08` is none. */
const NOTATIONS: readonly (readonly [go: RegExp, prefix: string])[] = [
  [/^0x([0-9a-f]+)$/i, "0x"],
  [/^0b([01]+)$/i, "0b"],
  [/^0o?([0-7]+)$/i, "0o"],
  [/^(0|[1-9][0-9]*)$/, ""],
];

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** In no base do more digits, leading zeros apart, fit into 64 bits. */
const MOST_DIGITS = 64;

export function isInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

/**
 * Go's `strconv.ParseInt(text, 0, 64)` and, where that overflows, `ParseUint(text, 0, 64)`: `-0x1f`, `017`, `0o17`, `0b11`; no
 * underscores. A sign, even `+`, keeps the value to 63 bits.
 */
export function parseGoInteger(text: string): bigint | undefined {
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  const magnitude = parseMagnitude(text.slice(sign.length));
  if (magnitude === undefined) return undefined;
  const value = sign === "-" ? -magnitude : magnitude;
  return isInt64(value) || (sign === "" && value <= UINT64_MAX) ? value : undefined;
}

function parseMagnitude(text: string): bigint | undefined {
  for (const [notation, prefix] of NOTATIONS) {
    const digits = notation.exec(text)?.[1];
    if (digits === undefined) continue;
    const significant = digits.replace(/^0+(?=.)/, "");
    return significant.length <= MOST_DIGITS ? BigInt(prefix + significant) : undefined;
  }
  return undefined;
}
