import type { RenderRequest } from "./engine.ts";
import { encodeItems, encodeTemplate } from "./engine-input.ts";
import type { EngineWorker, RenderOutcome } from "./engine-worker.ts";
import { FairQueue } from "./fair-queue.ts";
import { problemOfFailure, spentBudget } from "./render-problem.ts";
import { TimeBudget } from "./time-budget.ts";

export interface LaneOptions {
  readonly startWorker: () => Promise<EngineWorker>;
  /** Milliseconds for each template. */
  readonly deadline: number;
  /** Bytes that the templates of one request may write together. */
  readonly outputLimit: number;
}

type Outputs = ReadonlyMap<string, Uint8Array>;

interface Job {
  readonly request: RenderRequest;
  readonly ended: PromiseWithResolvers<Outputs>;
}

/** So many deadlines may a namespace use up at once, and it regains a twentieth of the time that goes by. */
const BUDGETED_DEADLINES = 10;
const REGAINED = 0.05;
/**
 * A namespace that has used so many milliseconds may have one request waiting and no more: whoever asks for a render
 * waits for it with something that others need too.
 */
const MUCH_TIME = 5_000;
const WAITING_AFTER_MUCH_TIME = 1;
/** Milliseconds that ending a worker and starting the next one is charged with. */
const RESTART = 100;
/** An instance's memory does not shrink: one that has grown beyond this many bytes is replaced. */
const MEMORY_TO_KEEP = 96 * 2 ** 20;
/** Milliseconds without work after which the worker and its memory are given back. */
const IDLE = 60_000;

/** One worker and the requests that wait for it: the namespaces take turns, and each pays for the time it uses. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #budget: TimeBudget;
  readonly #queue: FairQueue<Job>;
  #worker: EngineWorker | null = null;
  #running: { readonly namespace: string; readonly since: number } | null = null;
  #closed = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    const atOnce = BUDGETED_DEADLINES * options.deadline;
    this.#budget = new TimeBudget({ atOnce, regained: REGAINED, now: () => performance.now() });
    this.#queue = new FairQueue((namespace) => this.#budget.usedBy(namespace));
  }

  /** @throws SealwrightError `template_parse`, `template_failed`, `template_limit` */
  async render(request: RenderRequest): Promise<Outputs> {
    const { namespace } = request;
    if (this.#closed) throw closed();
    if (this.#usedBy(namespace) >= MUCH_TIME && this.#queue.countOf(namespace) >= WAITING_AFTER_MUCH_TIME) {
      throw spentBudget(request);
    }
    const job: Job = { request, ended: Promise.withResolvers() };
    this.#queue.add(namespace, job);
    void this.#work();
    return job.ended.promise;
  }

  /** Ends the worker; what is under way or waiting is rejected. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#idle);
    this.#worker?.terminate();
  }

  async #work(): Promise<void> {
    if (this.#running !== null) return;
    clearTimeout(this.#idle);
    for (let job = this.#queue.next(); job !== undefined; job = this.#queue.next()) {
      const { namespace } = job.request;
      this.#running = { namespace, since: performance.now() };
      const thinning = setTimeout(() => this.#thinOut(namespace), MUCH_TIME - this.#budget.usedBy(namespace));
      await this.#run(job.request).then(job.ended.resolve, job.ended.reject);
      clearTimeout(thinning);
    }
    this.#running = null;
    if (!this.#closed) this.#retireWhenIdle();
  }

  async #run(request: RenderRequest): Promise<Outputs> {
    if (this.#closed) throw closed();
    if (this.#budget.isSpent(request.namespace)) throw spentBudget(request);
    if (this.#worker?.alive !== true) this.#worker = await this.#start();
    const outcome = await this.#worker.render(this.#messageOf(request), this.#options.deadline);
    this.#settle(request, outcome, this.#worker);
    return outputsOf(request, outcome);
  }

  async #start(): Promise<EngineWorker> {
    const worker = await this.#options.startWorker();
    if (!this.#closed) return worker;
    worker.terminate();
    throw closed();
  }

  /** Milliseconds, with what it uses just now. */
  #usedBy(namespace: string): number {
    const now = this.#running?.namespace === namespace ? performance.now() - this.#running.since : 0;
    return this.#budget.usedBy(namespace) + now;
  }

  /** Refuses what a namespace has waiting beyond what it may. */
  #thinOut(namespace: string): void {
    for (const { request, ended } of this.#queue.removeAfter(namespace, WAITING_AFTER_MUCH_TIME)) {
      ended.reject(spentBudget(request));
    }
  }

  #messageOf({ items, templates }: RenderRequest) {
    return {
      kind: "render",
      items: encodeItems(items),
      templates: [...templates].map(([name, text]) => encodeTemplate(name, text)),
      outputLimit: this.#options.outputLimit,
    } as const;
  }

  #settle({ namespace }: RenderRequest, { time }: RenderOutcome, worker: EngineWorker): void {
    this.#budget.charge(namespace, worker.alive ? time : time + RESTART);
    if (worker.alive && worker.memory <= MEMORY_TO_KEEP) return;
    worker.terminate();
    this.#worker = null;
  }

  #retireWhenIdle(): void {
    this.#idle = setTimeout(() => {
      this.#worker?.terminate();
      this.#worker = null;
    }, IDLE);
    // Only Node's timers keep the process alive, and only they have this.
    this.#idle.unref?.();
  }
}

function outputsOf(request: RenderRequest, { outputs, failure }: RenderOutcome): Outputs {
  const names = [...request.templates.keys()];
  if (failure !== null) throw problemOfFailure(names[outputs.length] ?? "", failure);
  return new Map(names.map((name, index) => [name, outputs[index] ?? new Uint8Array()]));
}

function closed(): Error {
  return new Error("the template engine was closed");
}
