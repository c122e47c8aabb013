import { expect, test } from "vitest";
import { RequestRate } from "../../src/kubernetes/request-rate.ts";

const pauses = (rate: RequestRate, at: readonly number[]) => at.map((now) => rate.reserve(now));

test("a burst goes out at once, and then so many a second", () => {
  const rate = new RequestRate({ perSecond: 5, burst: 3 });
  expect(pauses(rate, [0, 0, 0, 0, 0])).toEqual([0, 0, 0, 200, 400]);
});

test("a quiet time earns a burst again, and no more than one", () => {
  const rate = new RequestRate({ perSecond: 5, burst: 2 });
  pauses(rate, [0, 0, 0]);
  expect(pauses(rate, [10_000, 10_000, 10_000])).toEqual([0, 0, 200]);
});

test("less than one a second", () => {
  expect(pauses(new RequestRate({ perSecond: 0.5, burst: 1 }), [0, 0])).toEqual([0, 2_000]);
});

test("whoever waits for his turn can give up", async () => {
  const rate = new RequestRate({ perSecond: 0.001, burst: 1 });
  await rate.turn();
  const gaveUp = new AbortController();
  const turn = rate.turn(gaveUp.signal);
  gaveUp.abort();
  await expect(turn).rejects.toThrow();
});
