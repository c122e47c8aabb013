import { describe, expect, it } from "vitest";
import type { Sample } from "../../bench/measure/stopwatch.ts";
import { boundsOf, ratiosOf, type SeriesResult, standingsOf } from "../../bench/report/result.ts";
import { boundInWords, ratioInWords } from "../../bench/report/words.ts";

const sample = (cpu: number): Sample => ({ cpu, wall: 2 * cpu, peak: 1e6, told: {} });

/** Start-up takes a second; then ours takes so long for ten units in each round, Go's always 40 s, and the limit 5 s. */
function series(ours: readonly number[], floor?: number): SeriesResult {
  const rounds = (seconds: readonly number[]) => ({
    0: seconds.map(() => sample(1)),
    10: seconds.map((each) => sample(1 + each)),
  });
  return {
    title: "Seal",
    about: "",
    unit: "document",
    sizes: [0, 10],
    limit: { name: "bare", text: "" },
    ratios: [{ of: "ours", to: "go", by: "cpu", ...(floor === undefined ? {} : { floor }) }],
    samples: { ours: rounds(ours), go: rounds(ours.map(() => 40)), bare: rounds(ours.map(() => 5)) },
  };
}

const words = (result: SeriesResult) => ratiosOf(result).map(ratioInWords);

describe("what a bench tells", () => {
  it("leaves start-up out of what a unit takes, and out of ratios", () => {
    const result = series([10, 10, 10]);
    expect(standingsOf(result)[0]?.each.cpu.median).toBeCloseTo(1);
    expect(standingsOf(result).map(({ ofLimit }) => ofLimit?.median)).toEqual([0.5, 0.125, 1]);
    expect(words(result)).toEqual(["4x by processor time (4 to 4)"]);
  });

  it("takes whole processes where start-up was not measured", () => {
    const { samples, ...rest } = series([10, 10, 10]);
    const whole = { ...rest, sizes: [10], samples };
    expect(words(whole)).toEqual(["3.73x by processor time (3.73 to 3.73)"]);
  });

  it("takes ratios at the size that they are asked for", () => {
    const result = series([10, 10, 10]);
    const { samples } = result;
    const five = Object.fromEntries(
      Object.entries(samples).map(([name, each]) => [
        name,
        { ...each, 5: name === "go" ? [sample(101)] : [sample(11)] },
      ]),
    );
    const asked = { ...result, samples: five, ratios: [{ of: "ours", to: "go", by: "cpu" as const, at: 5 }] };
    expect(ratiosOf(asked)[0]?.measured.median).toBe(10);
  });

  it("counts as many units as were done, where one did fewer", () => {
    const fewer = { ...sample(40), units: 5 };
    const result = series([10]);
    const whole = {
      ...result,
      sizes: [10],
      samples: { ...result.samples, ours: { 10: [sample(10)] }, go: { 10: [fewer] } },
    };
    expect(words(whole)).toEqual(["8x by processor time (NOISY, 1 round, 0 % apart: 8 to 8)"]);
  });

  it("holds a bound to the worst round of every size", () => {
    const late = (seconds: number): Sample => ({ ...sample(1), told: { late: seconds } });
    const samples = { ours: { 0: [late(0.2)], 10: [late(0.1), late(0.3)], 20: [late(0.2)] } };
    const bounds = [{ of: "ours", told: "late", most: 0.25 }];
    const result = { ...series([10]), sizes: [0, 10, 20], ratios: [], samples, bounds };
    expect(boundsOf(result).map(boundInWords)).toEqual(["0.3 (MORE than the 0.25 asked)"]);
  });

  it("says where the rounds were apart, or few", () => {
    expect(words(series([10, 10, 9.7]))).toEqual(["4x by processor time (4 to 4.12)"]);
    expect(words(series([10, 10, 8]))).toEqual(["4x by processor time (NOISY, 3 rounds, 25 % apart: 4 to 5)"]);
    expect(words(series([10]))).toEqual(["4x by processor time (NOISY, 1 round, 0 % apart: 4 to 4)"]);
  });

  it("is not alarmed by one of many rounds", () => {
    expect(words(series([...Array(11).fill(10), 5]))).toEqual(["4x by processor time (4 to 8)"]);
    expect(words(series([...Array(6).fill(10), ...Array(6).fill(5)]))[0]).toMatch(/NOISY, 12 rounds, 67 % apart/);
  });

  it("holds a ratio to what is asked of it", () => {
    expect(words(series([10, 10, 10], 1.8))).toEqual(["4x by processor time (4 to 4, at least 1.8x asked)"]);
    expect(words(series([10, 10, 10], 4.5))).toEqual(["4x by processor time (4 to 4, LESS than the 4.5x asked)"]);
  });
});
