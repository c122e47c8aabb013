import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Problem, SealwrightError, type TemplateLimit } from "../../src/errors.ts";
import type { TemplateEngine } from "../../src/template/engine.ts";
import { engineOn } from "../../src/template/engine-on-host.ts";
import { nextTask } from "../next-task.ts";
import { FakeHost } from "./fake-host.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const PLAIN = "{{ .a }}";
const KEY = "{{ htpasswd .a .b }}";
const CLOSED = new Error("the template engine was closed");

let host: FakeHost;
let engine: TemplateEngine;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  host = new FakeHost();
  engine = engineOn(host, {});
});
afterEach(() => {
  engine.close();
  vi.useRealTimers();
});

describe("what is loaded", () => {
  it("is nothing until the first template", () => {
    expect([host.moduleReads, host.workers.length]).toEqual([0, 0]);
  });

  it("is the module once and one worker, whatever the number of renders", async () => {
    await succeed();
    await succeed({ namespace: "other" });
    expect([host.moduleReads, host.workers.length]).toEqual([1, 1]);
  });

  it("is another worker for templates that make keys", async () => {
    const outcomes = [start(), start({ text: KEY })];
    await until(() => host.busy === 2);
    expect(host.moduleReads).toBe(1);
    for (const worker of host.workers) worker.finish();
    expect(await Promise.all(outcomes)).toEqual(["rendered", "rendered"]);
  });

  it("is looked for again after the module could not be read", async () => {
    host.moduleError = new Error("no such file");
    expect(await start()).toEqual(host.moduleError);
    host.moduleError = null;
    await succeed();
  });

  it("is looked for again after a worker did not start", async () => {
    host.startError = new Error("no such program");
    expect(await start()).toEqual(host.startError);
    host.startError = null;
    await succeed();
  });

  it("is given back after a minute without work, and loaded again when there is some", async () => {
    await succeed();
    await advance(MINUTE - 1);
    expect(host.worker.terminated).toBe(false);
    await advance(1);
    expect(host.worker.terminated).toBe(true);
    await succeed();
    expect(host.workers.length).toBe(2);
  });

  it("keeps the process alive only while it renders", async () => {
    const outcome = start();
    await underWay();
    expect(host.worker.keptAlive).toBe(true);
    host.worker.finish();
    await outcome;
    expect(host.worker.keptAlive).toBe(false);
  });
});

describe("the time", () => {
  it("of one template is 250 ms, and then the worker is ended and another one started", async () => {
    const outcome = start();
    await underWay();
    await advance(240);
    expect(host.worker.terminated).toBe(false);
    await advance(10);
    expect(host.worker.terminated).toBe(true);
    expect(await outcome).toEqual(limit("time"));
    await succeed();
    expect(host.workers.length).toBe(2);
  });

  it("is counted for each template of a request, and the one that took too long is named", async () => {
    const outcome = start({ templates: ["first", "second", "third"] });
    await underWay();
    await advance(240);
    host.worker.render();
    await advance(250);
    expect(await outcome).toEqual(limit("time", "second"));
  });

  it("of all templates of a request is a second", async () => {
    const outcome = start({ templates: ["a", "b", "c", "d", "e", "f", "g"] });
    await underWay();
    for (let count = 0; count < 4; count++) {
      await advance(200);
      host.worker.render();
    }
    await advance(200);
    expect(await outcome).toEqual(limit("time", "e"));
  });

  it("of a template that makes keys is 30 seconds", async () => {
    const outcome = start({ text: KEY });
    await underWay();
    await advance(30 * SECOND - 10);
    expect(host.worker.terminated).toBe(false);
    await advance(10);
    expect(await outcome).toEqual(limit("time"));
  });

  it.each([
    ["a whole processor", () => performance.now(), 250],
    ["half a processor", () => performance.now() / 2, 500],
    ["a quarter of a processor", () => performance.now() / 4, 1_000],
    ["no processor at all", () => 0, 2_000],
  ])("is the thread's own where the host can tell: with %s", async (_, time, end) => {
    host.processorTime = async () => time();
    const outcome = start();
    await underWay();
    const ratio = (await lifetime(3_000)) / end;
    expect([ratio > 0.8, ratio < 1.1]).toEqual([true, true]);
    expect(await outcome).toEqual(limit("time"));
  });

  it("is that on the clock where the thread can't be asked any more", async () => {
    host.processorTime = async () => {
      throw new Error("not running");
    };
    const outcome = start();
    await underWay();
    expect(await lifetime(3_000)).toBe(250);
    expect(await outcome).toEqual(limit("time"));
  });

  it("does not run while a request waits for another", async () => {
    const outcomes = [start(), start({ namespace: "other" })];
    await underWay();
    await advance(250);
    await underWay();
    await advance(240);
    host.worker.finish();
    expect(await Promise.all(outcomes)).toEqual([limit("time"), "rendered"]);
  });
});

describe("a namespace", () => {
  it("that has used up its time is refused at once, and no other is", async () => {
    await waste(8);
    const workers = host.workers.length;
    expect(await start()).toEqual(limit("namespace"));
    expect(host.workers.length).toBe(workers);
    await succeed({ namespace: "other" });
  });

  it("is served again when time has gone by", async () => {
    await waste(8);
    await advance(10 * SECOND);
    await succeed();
  });

  it("may render small templates without end", async () => {
    for (let count = 0; count < 1_000; count++) {
      const outcome = start();
      await underWay();
      vi.advanceTimersByTime(9);
      host.worker.finish();
      expect(await outcome).toBe("rendered");
    }
    expect(host.workers.length).toBe(1);
  });

  it("takes turns with the others, after those that have used less time", async () => {
    await waste(1);
    const order: string[] = [];
    const namespaces = ["bad", "bad", "a", "a", "b"];
    const outcomes = namespaces.map((namespace) => start({ namespace }).then(() => order.push(namespace)));
    for (let count = 1; count <= namespaces.length; count++) {
      await underWay();
      host.worker.finish();
      await until(() => order.length === count);
    }
    await Promise.all(outcomes);
    // The first one found nobody waiting.
    expect(order).toEqual(["bad", "a", "b", "a", "bad"]);
  });

  it("that takes long to make keys has one request waiting, and no more", async () => {
    const outcomes = Array.from({ length: 5 }, () => start({ text: KEY }));
    const other = start({ text: KEY, namespace: "other" });
    await underWay();
    await advance(5 * SECOND);
    expect(await Promise.all(outcomes.slice(2))).toEqual([1, 2, 3].map(() => limit("namespace")));
    expect(await start({ text: KEY })).toEqual(limit("namespace"));
    for (let count = 1; count <= 3; count++) {
      await underWay();
      host.worker.finish();
    }
    expect(await Promise.all([...outcomes.slice(0, 2), other])).toEqual(["rendered", "rendered", "rendered"]);
  });
});

describe("a worker", () => {
  it.each(["memory", "depth", "crash"] as const)("whose instance dies is replaced: %s", async (cause) => {
    const outcome = start();
    await underWay();
    host.worker.answer({ kind: "died", cause });
    expect(await outcome).toEqual(limit(cause));
    expect(host.worker.terminated).toBe(true);
    await succeed();
    expect(host.workers.length).toBe(2);
  });

  it("that ends by itself is replaced, within a render and between two", async () => {
    const outcome = start();
    await underWay();
    host.worker.fail(new Error("ended"));
    expect(await outcome).toEqual(limit("crash"));
    await succeed();
    host.worker.fail(new Error("ended"));
    await succeed();
    expect(host.workers.length).toBe(3);
  });

  it("whose memory has grown large is replaced", async () => {
    const outcome = start();
    await underWay();
    host.worker.finish(97 * 2 ** 20);
    expect(await outcome).toBe("rendered");
    expect(host.worker.terminated).toBe(true);
  });
});

it("tells of a template that is not sound what Go says, with its place", async () => {
  const outcome = start({ templates: ["a", "b"] });
  await underWay();
  host.worker.render();
  host.worker.answer({ kind: "rendered", rendered: { status: "parse_error", line: 3, text: "unclosed action" } });
  host.worker.answer({ kind: "done", memory: 0 });
  expect(await outcome).toEqual({ code: "template_parse", item: "b", line: 3, text: "unclosed action" });
});

describe("closing", () => {
  it("rejects what is under way, what waits and what comes after, and ends the workers", async () => {
    const outcomes = [start(), start(), start({ text: KEY })];
    await until(() => host.busy === 2);
    engine.close();
    expect(await Promise.all([...outcomes, start()])).toEqual([CLOSED, CLOSED, CLOSED, CLOSED]);
    expect(host.workers.map(({ terminated }) => terminated)).toEqual([true, true]);
  });

  it("ends a worker that was just starting", async () => {
    const outcome = start();
    await until(() => host.moduleReads === 1);
    engine.close();
    expect(await outcome).toEqual(CLOSED);
    expect(host.workers.every(({ terminated }) => terminated)).toBe(true);
  });
});

interface Asked {
  readonly namespace?: string;
  readonly text?: string;
  /** Their names. */
  readonly templates?: readonly string[];
}

/** Asks for a render; resolves to `rendered`, to the problem, or to an error that is none. */
function start({ namespace = "bad", text = PLAIN, templates = ["item"] }: Asked = {}): Promise<unknown> {
  const items = new Map([["a", Uint8Array.of(1)]]);
  const request = { namespace, items, templates: new Map(templates.map((name) => [name, text])) };
  return engine.render(request).then(
    () => "rendered",
    (error: unknown) => (error instanceof SealwrightError ? error.problem : error),
  );
}

async function succeed(asked: Asked = {}): Promise<void> {
  const outcome = start(asked);
  await underWay();
  host.worker.finish();
  expect(await outcome).toBe("rendered");
}

/** Lets so many renders in the namespace `bad` run into their limit. */
async function waste(renders: number): Promise<void> {
  for (let count = 0; count < renders; count++) {
    const outcome = start();
    await underWay();
    await advance(250);
    expect(await outcome).toEqual(limit("time"));
  }
}

/** Lets time go by, and then whatever that set off. Vitest's own would rest after each timer, which takes browsers 4 ms. */
async function advance(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  await nextTask();
}

/** Milliseconds until the worker is ended. */
async function lifetime(atMost: number): Promise<number> {
  for (let time = 10; time <= atMost; time += 10) {
    await advance(10);
    if (host.worker.terminated) return time;
  }
  return Number.POSITIVE_INFINITY;
}

/** Waits until the worker that was started last has a job. */
function underWay(): Promise<void> {
  return until(() => (host.workers.at(-1)?.pending ?? 0) > 0);
}

/** No timer, for time stands still here. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTask();
}

function limit(reached: TemplateLimit, item = "item"): Problem {
  return { code: "template_limit", item, limit: reached };
}
