import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFloat32, formatFloat64 } from "../../src/kubernetes-yaml/go-float.ts";

describe("a float as Go prints it", () => {
  it.each([
    [0, "0"],
    [-0, "-0"],
    [0.1, "0.1"],
    [-1.5, "-1.5"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [100000, "100000"],
    [1000000, "1e+06"],
    [123456.7, "123456.7"],
    [1234567, "1.234567e+06"],
    [16777216, "1.6777216e+07"],
    [16777217, "1.6777216e+07"],
    // The smallest float of 32 bits, the smallest normal one, and the largest
    [2 ** -149, "1e-45"],
    [2 ** -126, "1.1754944e-38"],
    [3.4028234663852886e38, "3.4028235e+38"],
    // Powers of two, below which the floats lie closer; the tie at 2 to the -12 goes up since Go 1.26
    [2 ** -12, "0.00024414063"],
    [2 ** -13, "0.00012207031"],
    [2 ** 23, "8.388608e+06"],
    [2 ** 87, "1.5474251e+26"],
    [2 ** 127, "1.7014118e+38"],
    [1e39, "+Inf"],
    [Number.NEGATIVE_INFINITY, "-Inf"],
    [Number.NaN, "NaN"],
  ])("%s in 32 bits is %s", (value, text) => {
    expect(formatFloat32(value)).toBe(text);
  });

  it.each([
    [0.1, "0.1"],
    [123456.7, "123456.7"],
    [1234567.5, "1.2345675e+06"],
    [1e21, "1e+21"],
    [5e-324, "5e-324"],
  ])("%s in 64 bits is %s", (value, text) => {
    expect(formatFloat64(value)).toBe(text);
  });

  it("reads back as the same float, and no shorter text does", () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(float, (value) => {
        const text = formatFloat32(value);
        expect(Math.fround(Number(text))).toBe(value);
        const digits = text.replace(/e.*/, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "").length;
        if (digits > 1) expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
      }),
    );
  });
});
