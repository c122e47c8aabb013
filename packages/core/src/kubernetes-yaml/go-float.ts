/** A positive number as decimal digits d1 d2 d3..., the value being 0.d1d2d3... times ten to the power of `point`. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const SMALLEST_EXPONENT = -4;
const LARGEST_EXPONENT = 5;

/**
 * Go's `strconv.FormatFloat(value, 'g', -1, 32)`: the fewest digits that read back as the same 32-bit float. That is what Kubernetes
 * makes of a float where a string is wanted, although the value has 64 bits: 3.14159265358979 becomes `3.1415927`, 1e39 `+Inf`.
 */
export function formatFloat32(value: number): string {
  return format(Math.fround(value), shortestFloat32);
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 64)`. */
export function formatFloat64(value: number): string {
  return format(value, shortestFloat64);
}

function format(value: number, shortest: (magnitude: number) => Decimal): string {
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return `${sign}0`;
  if (!Number.isFinite(value)) return sign === "-" ? "-Inf" : "+Inf";
  return sign + layOut(shortest(Math.abs(value)));
}

/** The verb `g` without a precision: an exponent below -4 or above 5 is written, with two digits at least. */
function layOut({ digits, point }: Decimal): string {
  const exponent = point - 1;
  if (exponent < SMALLEST_EXPONENT || exponent > LARGEST_EXPONENT) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const sign = exponent < 0 ? "-" : "+";
    return `${digits.slice(0, 1)}${fraction}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return digits.padEnd(point, "0");
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** JavaScript's own digits are the shortest for 64 bits. */
function shortestFloat64(magnitude: number): Decimal {
  const [mantissa = "", exponent = ""] = magnitude.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

/**
 * The fewest digits within the interval that rounds to this float, and of those the nearest. Exact, in integers: doubles would round
 * twice, and at powers of two the interval is narrower below than above.
 */
function shortestFloat32(magnitude: number): Decimal {
  const interval = roundingInterval(magnitude);
  for (let scale = Number(magnitude.toExponential().split("e")[1]); ; scale -= 1) {
    const nearest = nearestInside(interval, scale);
    if (nearest === undefined) continue;
    const digits = String(nearest);
    return { digits: digits.replace(/0+$/, ""), point: digits.length + scale };
  }
}

/** The numbers that round to one float, in units of two to the power of `power`. */
interface Interval {
  readonly lower: bigint;
  readonly middle: bigint;
  readonly upper: bigint;
  readonly power: number;
  /** Its ends round to this float too: ties go to the even significand. */
  readonly isClosed: boolean;
  /** Narrower below than above. */
  readonly isPowerOfTwo: boolean;
}

function roundingInterval(magnitude: number): Interval {
  const [bits = 0] = new Uint32Array(Float32Array.of(magnitude).buffer);
  const biased = bits >>> 23;
  const fraction = bits & 0x7fffff;
  const significand = biased === 0 ? fraction : fraction + 0x800000;
  const middle = BigInt(significand) * 4n;
  const isPowerOfTwo = fraction === 0 && biased > 1;
  return {
    lower: middle - (isPowerOfTwo ? 1n : 2n),
    middle,
    upper: middle + 2n,
    power: Math.max(biased, 1) - 152,
    isClosed: significand % 2 === 0,
    isPowerOfTwo,
  };
}

/**
 * The multiple of ten to the power of `scale` inside the interval that is nearest to its middle. Of two as near, the even one; but
 * at a power of two Go 1.26 takes the larger, which concerns 2 to the power of -12 alone (earlier versions took the even one).
 */
function nearestInside(interval: Interval, scale: number): bigint | undefined {
  const { lower, middle, upper, power, isClosed, isPowerOfTwo } = interval;
  const tens = 10n ** BigInt(Math.abs(scale));
  const twos = 2n ** BigInt(Math.abs(power));
  const unit = (scale > 0 ? tens : 1n) * (power < 0 ? twos : 1n);
  const factor = (scale < 0 ? tens : 1n) * (power > 0 ? twos : 1n);
  const isInside = (candidate: bigint) => {
    const value = candidate * unit;
    return isClosed
      ? value >= lower * factor && value <= upper * factor
      : value > lower * factor && value < upper * factor;
  };
  const below = (middle * factor) / unit;
  const above = below + 1n;
  if (!isInside(below)) return isInside(above) ? above : undefined;
  if (!isInside(above)) return below;
  const twice = 2n * middle * factor - (below + above) * unit;
  return twice > 0n || (twice === 0n && (isPowerOfTwo || below % 2n !== 0n)) ? above : below;
}
