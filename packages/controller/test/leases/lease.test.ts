import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "../../src/kubernetes/api-error.ts";
import { Lease } from "../../src/leases/lease.ts";
import { LeaseMemory } from "../doubles/lease-memory.ts";

const TIMES = { duration: 12_000, renewDeadline: 8_000 };

let api: LeaseMemory;
let now: number;

beforeEach(() => {
  api = new LeaseMemory();
  now = 1_000_000;
});

/** A process, with a clock that is so many milliseconds off the others'. */
function lease(identity: string, { offset = 0 } = {}): Lease {
  return new Lease({ name: "lease", store: api, identity, times: TIMES, now: () => now + offset });
}

async function held(identity: string): Promise<Lease> {
  const mine = lease(identity);
  await mine.read();
  expect(await mine.take()).toBe(true);
  return mine;
}

const stored = () => api.leases.get("lease");

test("is taken where there is none, as client-go writes it", async () => {
  const mine = await held("a");
  expect(mine.term).toBe(1);
  expect(stored()?.spec).toEqual({
    holderIdentity: "a",
    leaseDurationSeconds: 12,
    acquireTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    renewTime: expect.stringMatching(/\.\d{6}Z$/),
    leaseTransitions: 0,
  });
});

test("is one process's alone, of two that take it at the same time", async () => {
  const [a, b] = [lease("a"), lease("b")];
  await Promise.all([a.read(), b.read()]);
  expect(await Promise.all([a.take(), b.take()])).toEqual([true, false]);
  expect([a.term, b.term]).toEqual([1, null]);
});

test("stays its holder's for as long as it changes, by the clock of who looks on and no other", async () => {
  const a = await held("a");
  const b = lease("b", { offset: -3_600_000 });
  for (let round = 0; round < 5; round += 1) {
    await b.read();
    now += 11_000;
    expect(b.holder).toBe("a");
    await a.read();
    // Within one millisecond of the clock on the wall the record is the same.
    api.leases.set("lease", {
      ...stored(),
      metadata: stored()?.metadata ?? {},
      spec: { ...stored()?.spec, renewTime: `${round}` },
    });
  }
});

test("is free when its duration has passed without a change, and the next holder counts the transition", async () => {
  await held("a");
  const b = lease("b");
  await b.read();
  now += 11_999;
  await b.read();
  expect(b.holder).toBe("a");
  now += 1;
  expect(b.holder).toBeNull();
  expect(await b.take()).toBe(true);
  expect(stored()?.spec).toMatchObject({ holderIdentity: "b", leaseTransitions: 1 });
});

test("an annotation is no sign of life", async () => {
  await held("a");
  const [b, c] = [lease("b"), lease("c")];
  await Promise.all([b.read(), c.read()]);
  now += 11_999;
  await c.ask();
  await b.read();
  now += 1;
  expect(b.holder).toBeNull();
});

test("a holder counts it as lost before anybody else may take it, from when he asked and not from the answer", async () => {
  const a = lease("a");
  await a.read();
  api.onWay = () => {
    now += 3_000;
  };
  await a.take();
  now += 4_999;
  expect(a.term).toBe(1);
  now += 1;
  expect(a.term).toBeNull();
});

test("a renewal keeps the term; one that comes too late begins another, for what came meanwhile was left alone", async () => {
  const a = await held("a");
  now += 7_000;
  await a.renew();
  now += 7_000;
  expect(a.term).toBe(1);
  now += 1_000;
  expect(a.term).toBeNull();
  await a.renew();
  expect(a.term).toBe(2);
  expect(stored()?.spec?.leaseTransitions).toBe(0);
});

test("a renewal that is answered after the end of the term begins another", async () => {
  const a = await held("a");
  now += 7_000;
  api.onWay = () => {
    now += 2_000;
  };
  await a.renew();
  expect(a.term).toBe(2);
});

test("who was overtaken cannot renew, and knows when he reads", async () => {
  const a = await held("a");
  now += 12_000;
  const b = await lease("b");
  await b.read();
  now += 12_000;
  await b.take();
  expect(await a.renew()).toBe(false);
  expect(a.term).toBeNull();
  await a.read();
  expect(a.holder).toBe("b");
});

test("one that somebody deletes or empties under its holder is his for as long as he is quicker", async () => {
  const a = await held("a");
  api.leases.delete("lease");
  await a.read();
  expect([a.term, a.holder]).toEqual([1, null]);
  expect(await a.take()).toBe(true);
  expect(a.term).toBe(1);
});

test("the same Pod's next container goes on with it at once", async () => {
  await held("a");
  const next = lease("a");
  await next.read();
  expect([next.holder, next.term]).toEqual(["a", null]);
  await next.renew();
  expect(next.term).toBe(1);
});

describe("handing over", () => {
  test("to whoever comes first: free at once", async () => {
    const a = await held("a");
    const b = lease("b");
    await a.handOver(null);
    await b.read();
    expect([a.term, b.holder]).toEqual([null, null]);
    expect(await b.take()).toBe(true);
    expect(stored()?.spec).toMatchObject({ holderIdentity: "b", leaseDurationSeconds: 12, leaseTransitions: 1 });
  });

  test("to who asked for it, and the question is gone", async () => {
    const a = await held("a");
    const b = lease("b");
    await b.read();
    expect(await b.ask()).toBe(true);
    await a.read();
    expect([a.wantedBy, a.holder]).toEqual(["b", "a"]);
    await a.handOver("b");
    await b.read();
    expect([b.holder, b.wantedBy]).toEqual(["b", null]);
    await b.renew();
    expect([a.term, b.term]).toEqual([null, 1]);
  });

  test("a question that is not answered goes with the next renewal; other people's annotations stay", async () => {
    const a = await held("a");
    api.leases.set("lease", {
      ...stored(),
      metadata: { ...stored()?.metadata, annotations: { theirs: "1", "sealwright.dev/wanted-by": "b" } },
    });
    await a.read();
    await a.renew();
    expect(stored()?.metadata.annotations).toEqual({ theirs: "1" });
  });

  test("even where the answer is lost it counts as handed over", async () => {
    const a = await held("a");
    api.failures.push(new ApiError("PUT lease", { status: 0, reason: "NoAnswer" }));
    await expect(a.handOver(null)).rejects.toThrow("NoAnswer");
    expect(a.term).toBeNull();
  });
});

test("whatever happens in whatever order, no two hold it at the same time while clocks run alike", async () => {
  const step = fc.record({
    who: fc.constantFrom(0, 1, 2),
    what: fc.constantFrom("read", "take", "renew", "release", "ask", "pass"),
    wait: fc.constantFrom(0, 0, 0, 1, 500, 6_000, 12_000, 13_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      api = new LeaseMemory();
      const all = ["a", "b", "c"].map((identity) => lease(identity));
      for (const { who, what, wait } of steps) {
        const one = all[who] as Lease;
        now += wait;
        if (what === "read") await one.read();
        if (what === "take" && one.holder === null) await one.take();
        if (what === "renew" && one.holder === ["a", "b", "c"][who]) await one.renew();
        if (what === "release" && one.term !== null) await one.handOver(null);
        if (what === "ask") await one.ask();
        expect(all.filter(({ term }) => term !== null).length).toBeLessThan(2);
      }
    }),
    { numRuns: 1_000 },
  );
});
