import { expect, test } from "vitest";
import { RateLimit } from "../../src/http/rate-limit.ts";

const calls = (limit: RateLimit, client: string, at: readonly number[]) => at.map((now) => limit.call(client, now));

test("one and the burst at once, then so many a second, as Go's limiter", () => {
  const limit = new RateLimit({ perSecond: 2, burst: 2 });
  expect(calls(limit, "a", [0, 0, 0, 0, 499, 500, 501])).toEqual([0, 0, 0, 500, 1, 0, 499]);
});

test("each client has his own", () => {
  const limit = new RateLimit({ perSecond: 1, burst: 0 });
  expect(calls(limit, "a", [0, 0])).toEqual([0, 1_000]);
  expect(calls(limit, "b", [0])).toEqual([0]);
});

test("a refused call costs nothing", () => {
  const limit = new RateLimit({ perSecond: 1, burst: 0 });
  expect(calls(limit, "a", [0, 100, 200, 300, 1_000])).toEqual([0, 900, 800, 700, 0]);
});

test("no crowd of clients fills the memory: the one that was quiet for longest is forgotten", () => {
  const limit = new RateLimit({ perSecond: 1, burst: 0, clients: 2 });
  for (const client of ["a", "b", "c"]) limit.call(client, 0);
  expect(limit.call("c", 0)).toBe(1_000);
  expect(limit.call("a", 0)).toBe(0);
});
