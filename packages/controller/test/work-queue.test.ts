import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { exponentialBackoff, WorkQueue, type WorkQueueOptions } from "../src/work-queue.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Work that begins when the queue says so and ends when the test does. */
class Bench {
  readonly begun: string[] = [];
  readonly #open = new Map<string, PromiseWithResolvers<void>>();

  readonly work = (key: string): Promise<void> => {
    if (this.#open.has(key)) throw new Error(`${key} is worked on twice at a time`);
    this.begun.push(key);
    const ending = Promise.withResolvers<void>();
    this.#open.set(key, ending);
    return ending.promise;
  };

  async succeed(key: string): Promise<void> {
    this.#end(key).resolve();
    await vi.advanceTimersByTimeAsync(0);
  }

  async fail(key: string, error: unknown = new Error("no luck")): Promise<void> {
    this.#end(key).reject(error);
    await vi.advanceTimersByTimeAsync(0);
  }

  #end(key: string): PromiseWithResolvers<void> {
    const ending = this.#open.get(key);
    if (ending === undefined) throw new Error(`${key} is not worked on`);
    this.#open.delete(key);
    return ending;
  }
}

function queueOn(bench: Bench, options: Partial<WorkQueueOptions> = {}): WorkQueue {
  return new WorkQueue({ workers: 2, work: bench.work, backoff: (failures) => failures * 1000, ...options });
}

describe("order", () => {
  test("keys are worked on as they arrived, each once however often it was asked for", async () => {
    const bench = new Bench();
    const queue = queueOn(bench, { workers: 1 });
    for (const key of ["a", "b", "c", "b", "a"]) queue.add(key);
    await bench.succeed("a");
    await bench.succeed("b");
    await bench.succeed("c");
    expect(bench.begun).toEqual(["a", "b", "c", "a"]);
  });

  test("no more of them at a time than there are workers", async () => {
    const bench = new Bench();
    const queue = queueOn(bench);
    for (const key of ["a", "b", "c", "d"]) queue.add(key);
    expect(bench.begun).toEqual(["a", "b"]);
    await bench.succeed("b");
    expect(bench.begun).toEqual(["a", "b", "c"]);
  });
});

describe("a key that is added while it is worked on", () => {
  test("is worked on again, after that and once", async () => {
    const bench = new Bench();
    const queue = queueOn(bench);
    queue.add("a");
    queue.add("a");
    queue.add("a");
    expect(bench.begun).toEqual(["a"]);
    await bench.succeed("a");
    expect(bench.begun).toEqual(["a", "a"]);
    await bench.succeed("a");
    expect(bench.begun).toEqual(["a", "a"]);
  });

  test("does not wait where that work failed: what failed has changed", async () => {
    const bench = new Bench();
    const queue = queueOn(bench);
    queue.add("a");
    queue.add("a");
    await bench.fail("a");
    expect(bench.begun).toEqual(["a", "a"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("goes behind the ones that wait", async () => {
    const bench = new Bench();
    const queue = queueOn(bench, { workers: 1 });
    for (const key of ["a", "b", "a"]) queue.add(key);
    await bench.succeed("a");
    expect(bench.begun).toEqual(["a", "b"]);
  });
});

describe("a key that fails", () => {
  test("comes back after pauses that grow", async () => {
    const bench = new Bench();
    const queue = queueOn(bench);
    queue.add("a");
    await bench.fail("a");
    await vi.advanceTimersByTimeAsync(999);
    expect(bench.begun).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(bench.begun).toHaveLength(2);
    await bench.fail("a");
    await vi.advanceTimersByTimeAsync(1_999);
    expect(bench.begun).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(bench.begun).toHaveLength(3);
  });

  test("begins to count anew after a success", async () => {
    const bench = new Bench();
    const backoff = vi.fn(() => 1);
    const queue = queueOn(bench, { backoff });
    queue.add("a");
    await bench.fail("a");
    await vi.advanceTimersByTimeAsync(1);
    await bench.succeed("a");
    queue.add("a");
    await bench.fail("a");
    expect(backoff.mock.calls.map(([failures]: unknown[]) => failures)).toEqual([1, 1]);
  });

  test("is tried at once where something changed, and counts anew: its old failures say nothing of that", async () => {
    const bench = new Bench();
    const backoff = vi.fn(() => 60_000);
    const queue = queueOn(bench, { backoff });
    queue.add("a");
    for (let failures = 1; failures <= 5; failures++) {
      await bench.fail("a");
      await vi.advanceTimersByTimeAsync(60_000);
    }
    await bench.fail("a");
    queue.add("a");
    expect(bench.begun).toHaveLength(7);
    await bench.fail("a");
    expect(backoff).toHaveBeenLastCalledWith(1, expect.any(Error));
    expect(vi.getTimerCount()).toBe(1);
  });

  test("asks for its pause with the error it failed with", async () => {
    const bench = new Bench();
    const backoff = vi.fn(() => 1);
    const error = new Error("that one");
    queueOn(bench, { backoff }).add("a");
    await bench.fail("a", error);
    expect(backoff).toHaveBeenCalledWith(1, error);
  });

  test("holds no worker while it waits, and stops no other key", async () => {
    const bench = new Bench();
    const queue = queueOn(bench, { workers: 1 });
    queue.add("bad");
    await bench.fail("bad");
    queue.add("good");
    expect(bench.begun).toEqual(["bad", "good"]);
  });

  test("may fail before it returns a promise", async () => {
    const begun: string[] = [];
    const work = (key: string): Promise<void> => {
      begun.push(key);
      throw new Error("at once");
    };
    const queue = new WorkQueue({ workers: 1, work, backoff: () => 1_000 });
    queue.add("a");
    await vi.advanceTimersByTimeAsync(0);
    queue.add("b");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(begun).toEqual(["a", "b", "a", "b"]);
  });
});

describe("a key that is forgotten", () => {
  test("does not come back", async () => {
    const bench = new Bench();
    const queue = queueOn(bench);
    queue.add("a");
    await bench.fail("a");
    queue.forget("a");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(bench.begun).toEqual(["a"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("stop", () => {
  test("waits for what is under way, and begins nothing more", async () => {
    const bench = new Bench();
    const queue = queueOn(bench, { workers: 1 });
    queue.add("a");
    queue.add("b");
    queue.add("a");
    const stopped = vi.fn();
    const stopping = queue.stop().then(stopped);
    await vi.advanceTimersByTimeAsync(0);
    expect(stopped).not.toHaveBeenCalled();
    queue.add("c");
    await bench.succeed("a");
    await stopping;
    expect(bench.begun).toEqual(["a"]);
  });

  test("leaves no timer behind", async () => {
    const bench = new Bench();
    const queue = queueOn(bench);
    queue.add("a");
    queue.add("b");
    await bench.fail("a");
    const stopping = queue.stop();
    await bench.fail("b");
    await stopping;
    expect(vi.getTimerCount()).toBe(0);
  });

  test("ends at once where nothing is under way, and may be asked for twice", async () => {
    const queue = queueOn(new Bench());
    await Promise.all([queue.stop(), queue.stop()]);
  });
});

describe("exponential backoff", () => {
  const pauses = { first: 200, longest: 300_000 };
  afterEach(() => vi.restoreAllMocks());

  test("doubles up to the longest", () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    expect([1, 2, 3, 11, 12, 2_000].map((failures) => exponentialBackoff(failures, pauses))).toEqual([
      200, 400, 800, 204_800, 300_000, 300_000,
    ]);
  });

  test("less up to half of it, so that not all come back together", () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    expect(exponentialBackoff(3, pauses)).toBe(400);
  });
});

describe("failures", () => {
  test("a pause of null waits for something new", async () => {
    const bench = new Bench();
    const queue = queueOn(bench, { backoff: (failures) => (failures < 2 ? 1000 : null) });
    queue.add("a");
    await bench.fail("a");
    await vi.advanceTimersByTimeAsync(1000);
    await bench.fail("a");
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(bench.begun).toEqual(["a", "a"]);
    queue.add("a");
    expect(bench.begun).toHaveLength(3);
  });

  test("all that failed is worked on again when it is asked for, given up or not, and nothing else", async () => {
    const bench = new Bench();
    const queue = queueOn(bench, { workers: 3, backoff: () => null });
    for (const key of ["a", "b", "c"]) queue.add(key);
    await bench.fail("a");
    await bench.succeed("b");
    await bench.fail("c");
    expect(queue.failed).toBe(2);
    queue.addFailed();
    expect(bench.begun).toEqual(["a", "b", "c", "a", "c"]);
    expect(queue.failed).toBe(0);
  });
});

describe("work for later", () => {
  test("waits, gives way to what is planned, and is done at once where something new comes", async () => {
    const bench = new Bench();
    const queue = queueOn(bench);
    queue.addLater("a", 1000);
    queue.addLater("a", 10);
    await vi.advanceTimersByTimeAsync(999);
    expect(bench.begun).toEqual([]);
    queue.add("a");
    await bench.succeed("a");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(bench.begun).toEqual(["a"]);
  });

  test("of no time is work now", () => {
    const bench = new Bench();
    queueOn(bench).addLater("a", 0);
    expect(bench.begun).toEqual(["a"]);
  });
});

describe("what is told of the queue", () => {
  test("is how many keys wait, for how long, and how long each waited that is begun", async () => {
    const bench = new Bench();
    const onBegin = vi.fn();
    const queue = queueOn(bench, { workers: 1, onBegin });
    queue.add("a/1");
    queue.add("a/2", "backlog");
    await vi.advanceTimersByTimeAsync(2_000);
    queue.add("a/3", "backlog");
    expect([queue.depth("changed"), queue.depth("backlog"), queue.depth("retry")]).toEqual([0, 2, 0]);
    expect([queue.oldest("changed"), queue.oldest("backlog")]).toEqual([0, 2]);
    await bench.succeed("a/1");
    expect(onBegin.mock.calls).toEqual([[{ urgency: "changed", seconds: 0 }], [{ urgency: "backlog", seconds: 2 }]]);
    expect(queue.oldest("backlog")).toBe(0);
  });
});

describe("urgency", () => {
  test("what has just changed goes before the backlog, and that before retries", async () => {
    const bench = new Bench();
    const queue = queueOn(bench, { workers: 1 });
    queue.add("a/failing");
    queue.add("a/backlog", "backlog");
    await bench.fail("a/failing");
    await vi.advanceTimersByTimeAsync(1_000);
    queue.add("a/late", "backlog");
    queue.add("a/changed");
    for (const key of ["a/backlog", "a/changed", "a/late", "a/failing"]) await bench.succeed(key);
    expect(bench.begun).toEqual(["a/failing", "a/backlog", "a/changed", "a/late", "a/failing"]);
  });

  test("of a key that is asked for again while it is worked on is the greatest that was asked for", async () => {
    const bench = new Bench();
    const queue = queueOn(bench, { workers: 1 });
    for (const urgency of ["changed", "backlog", "changed", "backlog"] as const) queue.add("a/again", urgency);
    queue.add("a/waiting", "backlog");
    await bench.succeed("a/again");
    expect(bench.begun).toEqual(["a/again", "a/again"]);
  });

  test("of what failed and may heal with a new key is the backlog's: there may be thousands", async () => {
    const bench = new Bench();
    const queue = queueOn(bench, { workers: 1, backoff: () => null });
    for (const key of ["a/1", "a/2"]) {
      queue.add(key);
      await bench.fail(key);
    }
    queue.addFailed();
    expect([queue.depth("changed"), queue.depth("backlog")]).toEqual([0, 1]);
  });
});

test("work that never waits for anything leaves their turn to timers and sockets", async () => {
  vi.useRealTimers();
  const done: string[] = [];
  const work = async (key: string): Promise<void> => {
    done.push(key);
  };
  const queue = new WorkQueue({ workers: 2, work, backoff: () => null });
  for (let index = 0; index < 1_000; index++) queue.add(`a/${index}`);
  const doneAtTurn = await new Promise<number>((resolve) => setImmediate(() => resolve(done.length)));
  expect(doneAtTurn).toBeLessThan(1_000);
  await vi.waitFor(() => expect(done).toHaveLength(1_000));
});
