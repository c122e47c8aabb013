import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../../src/kubernetes/api-error.ts";
import { ShardLeases } from "../../src/leases/shard-leases.ts";
import { LeaseMemory } from "../doubles/lease-memory.ts";
import { recordingLog } from "../doubles/recording-log.ts";
import { VirtualTime } from "../doubles/virtual-time.ts";

const TIMES = { duration: 12_000, renewDeadline: 8_000, retryPeriod: 2_000 };
/** Longer than any look is away. */
const SOON = 3_000;
const NAMES = ["s-0-of-4", "s-1-of-4", "s-2-of-4", "s-3-of-4"];
const FORBIDDEN = new ApiError("GET leases", { status: 403, reason: "Forbidden" });
const AWAY = new ApiError("GET leases", { status: 0, reason: "ECONNREFUSED" });

let api: LeaseMemory;
let time: VirtualTime;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  api = new LeaseMemory();
  time = new VirtualTime();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A replica that runs, with all that it was told and that it said. */
class Replica {
  readonly log = recordingLog();
  readonly told: string[] = [];
  readonly leases: ShardLeases;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #reachable = true;

  /** @param offset milliseconds that its clock is off the others' */
  constructor(identity: string, { names = NAMES, offset = 0 } = {}) {
    const { now, pause } = time;
    this.leases = new ShardLeases({
      store: {
        get: (name) => (this.#reachable ? api.get(name) : Promise.reject(AWAY)),
        write: (...args) => (this.#reachable ? api.write(...args) : Promise.reject(AWAY)),
        watch: (...args) => api.watch(...args),
      },
      names,
      identity,
      times: TIMES,
      log: this.log,
      now: () => now() + offset,
      pause,
    });
    this.#running = this.leases.run(this.#stop.signal, {
      onWon: (shard) => this.told.push(`won ${shard}`),
      onLost: (shard) => this.told.push(`lost ${shard}`),
    });
  }

  get share(): number {
    return this.leases.held.filter((held) => held).length;
  }

  get warnings(): readonly string[] {
    return this.log.lines.filter(({ level }) => level !== "info").map(({ event }) => event);
  }

  /** As by SIGTERM. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.leases.release();
  }

  /** As by SIGKILL. */
  async crash(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.cutOff();
  }

  cutOff(): void {
    this.#reachable = false;
  }

  reconnect(): void {
    this.#reachable = true;
  }
}

function shares(...replicas: readonly Replica[]): readonly number[] {
  return replicas.map(({ share }) => share);
}

/** How many replicas say of each shard that they hold it. */
function holders(...replicas: readonly Replica[]): readonly number[] {
  return NAMES.map((_, shard) => replicas.filter(({ leases }) => leases.held[shard]).length);
}

const EACH_ONCE = [1, 1, 1, 1];

describe("shards are shared", () => {
  test("by one replica: it takes them all, is told of each once, and works on everything", async () => {
    const a = new Replica("a");
    expect(a.leases.includes("shop/database")).toBe(false);
    await time.pass(SOON);
    expect(a.told.toSorted()).toEqual(["won 0", "won 1", "won 2", "won 3"]);
    expect(a.leases.includes("shop/database")).toBe(true);
    await time.pass(600_000);
    expect(a.told).toHaveLength(4);
    expect(a.warnings).toEqual([]);
  });

  test("by those that start together, evenly", async () => {
    const [a, b] = [new Replica("a"), new Replica("b")];
    await time.pass(4 * SOON);
    expect(shares(a, b)).toEqual([2, 2]);
    expect(holders(a, b)).toEqual(EACH_ONCE);
  });

  test("with whoever comes, and with those who stay when one goes", async () => {
    const a = new Replica("a");
    await time.pass(SOON);
    const b = new Replica("b");
    await time.pass(4 * SOON);
    expect(shares(a, b)).toEqual([2, 2]);
    const c = new Replica("c");
    await time.pass(4 * SOON);
    expect(shares(a, b, c).toSorted()).toEqual([1, 1, 2]);
    await a.end();
    await time.pass(4 * SOON);
    expect(shares(a, b, c)).toEqual([0, 2, 2]);
    expect(holders(a, b, c)).toEqual(EACH_ONCE);
  });

  test("and more replicas than shards wait, without a question", async () => {
    const replicas = ["a", "b", "c", "d", "e", "f"].map((identity) => new Replica(identity));
    await time.pass(10 * SOON);
    expect(shares(...replicas).toSorted()).toEqual([0, 0, 1, 1, 1, 1]);
    expect(
      [...api.leases.values()].filter(({ metadata }) => metadata.annotations?.["sealwright.dev/wanted-by"]),
    ).toEqual([]);
  });

  test("whatever their clocks say: nobody compares them", async () => {
    const [a, b] = [new Replica("a", { offset: -86_400_000 }), new Replica("b", { offset: 31_536_000_000 })];
    await time.pass(4 * SOON);
    expect(shares(a, b)).toEqual([2, 2]);
    await time.pass(600_000);
    expect(holders(a, b)).toEqual(EACH_ONCE);
    expect([...a.warnings, ...b.warnings]).toEqual([]);
  });
});

describe("what a replica has goes on elsewhere", () => {
  test("at once where it ends by SIGTERM, and it says so without a warning", async () => {
    const [a, b] = [new Replica("a", { names: ["one"] }), new Replica("b", { names: ["one"] })];
    await time.pass(SOON);
    const [leader, other] = a.share === 1 ? [a, b] : [b, a];
    await leader.end();
    await time.pass(0);
    expect(shares(leader, other)).toEqual([0, 1]);
    expect(leader.told).toEqual(["won 0", "lost 0"]);
    expect(leader.warnings).toEqual([]);
  });

  test("at once to who has only just begun, and whose watch was not there when it ended", async () => {
    const a = new Replica("a", { names: ["one"] });
    await time.pass(SOON);
    const watchable = Promise.withResolvers<void>();
    api.watchable = watchable.promise;
    const b = new Replica("b", { names: ["one"] });
    await time.pass(0);
    await a.end();
    await time.pass(0);
    expect(shares(a, b)).toEqual([0, 0]);
    watchable.resolve();
    await time.pass(0);
    expect(shares(a, b)).toEqual([0, 1]);
  });

  test("when its Leases have ended, and no sooner, where it crashes", async () => {
    const a = new Replica("a");
    await time.pass(SOON);
    const b = new Replica("b");
    await time.pass(4 * SOON);
    await a.crash();
    await time.pass(TIMES.duration - TIMES.retryPeriod * 1.2 - 1);
    expect(b.share).toBe(2);
    await time.pass(2 * SOON);
    expect(b.share).toBe(4);
  });

  test("after it has let go of them, where it cannot reach the API server; it says so once, and has a share again afterwards", async () => {
    const a = new Replica("a", { names: ["one"] });
    await time.pass(SOON);
    const b = new Replica("b", { names: ["one"] });
    await time.pass(SOON);
    a.cutOff();
    await time.pass(TIMES.renewDeadline);
    expect(shares(a, b)).toEqual([0, 0]);
    await time.pass(TIMES.duration);
    expect(shares(a, b)).toEqual([0, 1]);
    expect(a.warnings.toSorted()).toEqual([
      "A Lease could not be renewed in time: its SealedSecrets are left alone",
      "The Leases could not be looked at; tried again",
    ]);
    a.reconnect();
    await b.end();
    await time.pass(SOON);
    expect(shares(a, b)).toEqual([1, 0]);
  });

  test("nowhere, while the API server is away for all of them, and just where it was when it is back soon", async () => {
    const [a, b] = [new Replica("a"), new Replica("b")];
    await time.pass(4 * SOON);
    const before = [...a.told];
    api.away = AWAY;
    await time.pass(3_000);
    api.away = null;
    await time.pass(SOON);
    expect(shares(a, b)).toEqual([2, 2]);
    expect(a.told).toEqual(before);
  });
});

test("who is told of a conflict tries no harder, and says nothing", async () => {
  const [a, b] = [new Replica("a", { names: ["one"] }), new Replica("b", { names: ["one"] })];
  await time.pass(0);
  expect(shares(a, b).toSorted()).toEqual([0, 1]);
  expect([...a.warnings, ...b.warnings]).toEqual([]);
});

describe("where Leases are forbidden", () => {
  test("a replica works on everything, and warns once", async () => {
    api.away = FORBIDDEN;
    const a = new Replica("a");
    await time.pass(120_000);
    expect(a.share).toBe(4);
    expect(a.told).toEqual(["won 0", "won 1", "won 2", "won 3"]);
    expect(a.warnings).toEqual([expect.stringContaining("Leases are forbidden")]);
  });

  test("and are allowed later, the work is shared from then on", async () => {
    api.away = FORBIDDEN;
    const [a, b] = [new Replica("a"), new Replica("b")];
    await time.pass(SOON);
    expect(holders(a, b)).toEqual([2, 2, 2, 2]);
    api.away = null;
    // It looks every half minute.
    await time.pass(36_000 + 4 * SOON);
    expect(holders(a, b)).toEqual(EACH_ONCE);
    expect(shares(a, b)).toEqual([2, 2]);
  });

  test("only after they had been allowed, each works on everything again", async () => {
    const [a, b] = [new Replica("a"), new Replica("b")];
    await time.pass(4 * SOON);
    api.away = FORBIDDEN;
    await time.pass(TIMES.duration);
    expect(holders(a, b)).toEqual([2, 2, 2, 2]);
  });

  test("and then the API server is away, they are forbidden still for all that anybody knows", async () => {
    api.away = FORBIDDEN;
    const a = new Replica("a");
    await time.pass(SOON);
    api.away = AWAY;
    await time.pass(120_000);
    expect(a.share).toBe(4);
    await a.end();
    expect(a.share).toBe(0);
  });
});

test("whoever comes, goes, crashes or is cut off: no shard has two, and soon after the last of it each has one, evenly", async () => {
  const step = fc.record({
    what: fc.constantFrom("start", "start", "end", "crash", "cut off", "reconnect", "wait"),
    who: fc.nat({ max: 5 }),
    wait: fc.constantFrom(0, 500, 3_000, 9_000, 20_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      api = new LeaseMemory();
      time = new VirtualTime();
      const running: Replica[] = [new Replica("0")];
      const all = [...running];
      for (const { what, who, wait } of steps) {
        const one = running[who % Math.max(1, running.length)];
        if (what === "start" && running.length < 5) {
          const replica = new Replica(String(all.length));
          running.push(replica);
          all.push(replica);
        }
        if (one !== undefined && (what === "end" || what === "crash")) {
          running.splice(running.indexOf(one), 1);
          await (what === "end" ? one.end() : one.crash());
        }
        if (what === "cut off") one?.cutOff();
        if (what === "reconnect") one?.reconnect();
        await time.pass(wait);
        expect(Math.max(...holders(...all))).toBeLessThan(2);
      }
      for (const replica of running) replica.reconnect();
      await time.pass(60_000);
      if (running.length > 0) {
        expect(holders(...running)).toEqual(EACH_ONCE);
        expect(Math.max(...shares(...running)) - Math.min(...shares(...running))).toBeLessThan(2);
      }
      await Promise.all(running.map((replica) => replica.end()));
    }),
    { numRuns: 60 },
  );
});
