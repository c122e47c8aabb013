import { Deadline } from "./deadline.ts";
import type { HostWorker, TemplateHost } from "./host.ts";
import type { CauseOfDeath, Rendered } from "./instance.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

export type RenderMessage = Extract<ToWorker, { kind: "render" }>;

/** Why a template has no output. */
export type RenderFailure =
  | Exclude<Rendered, { status: "ok" }>
  | { readonly status: "died"; readonly cause: CauseOfDeath }
  | { readonly status: "timeout" };

export interface RenderOutcome {
  /** Of the templates from the first on; of all of them where `failure` is null. */
  readonly outputs: readonly Uint8Array[];
  /** Of the template after those. */
  readonly failure: RenderFailure | null;
  /** Milliseconds it took, as a Deadline counts them. */
  readonly time: number;
}

/** However many templates it has, a job takes no longer than so many that use up their time. */
const WHOLE_JOB = 4;

interface Job {
  readonly outputs: Uint8Array[];
  failure: RenderFailure | null;
  readonly deadline: Deadline;
  readonly ended: PromiseWithResolvers<RenderOutcome>;
}

/** A worker with an instance of the module. It does one job at a time, and is ended where one takes too long. */
export class EngineWorker {
  readonly #worker: HostWorker;
  readonly #ready = Promise.withResolvers<void>();
  #job: Job | null = null;
  #alive = true;
  #memory = 0;

  private constructor(host: TemplateHost, source: URL | string | undefined) {
    this.#worker = host.startWorker(
      { onMessage: (message) => this.#onMessage(message), onFailure: (error) => this.#onFailure(error) },
      source,
    );
  }

  /** Rejects where the worker or its instance does not start. */
  static async start(
    host: TemplateHost,
    module: WebAssembly.Module,
    source: URL | string | undefined,
  ): Promise<EngineWorker> {
    const worker = new EngineWorker(host, source);
    worker.#worker.send({ kind: "start", module }, []);
    await worker.#ready.promise;
    worker.#worker.keepAlive(false);
    return worker;
  }

  /** Whether it can take another job. */
  get alive(): boolean {
    return this.#alive;
  }

  /** What its instance has grown to, in bytes, when its last job was done. */
  get memory(): number {
    return this.#memory;
  }

  /**
   * @param limit milliseconds for each template; all of them together have four times that
   * @returns rejects only where the worker is ended from outside meanwhile
   */
  async render(message: RenderMessage, limit: number): Promise<RenderOutcome> {
    const deadline = new Deadline({
      part: limit,
      whole: WHOLE_JOB * limit,
      onExpiry: () => this.#die({ status: "timeout" }),
      processorTime: this.#worker.processorTime,
    });
    const job: Job = { outputs: [], failure: null, deadline, ended: Promise.withResolvers() };
    this.#job = job;
    this.#worker.keepAlive(true);
    const buffers = [message.items, ...message.templates].map((bytes) => bytes.buffer as ArrayBuffer);
    this.#worker.send(message, buffers);
    try {
      return await job.ended.promise;
    } finally {
      this.#job = null;
      deadline.stop();
      this.#worker.keepAlive(false);
    }
  }

  /** Ends it, whatever it is doing. */
  terminate(): void {
    this.#alive = false;
    this.#worker.terminate();
    const error = new Error("the template engine was closed");
    this.#ready.reject(error);
    this.#job?.ended.reject(error);
  }

  #onMessage(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        this.#ready.resolve();
        break;
      case "rendered":
        this.#onRendered(message.rendered);
        break;
      case "done":
        this.#memory = message.memory;
        this.#end();
        break;
      case "died":
        this.#onDeath(message.cause);
        break;
    }
  }

  #onRendered(rendered: Rendered): void {
    if (this.#job === null) return;
    this.#job.deadline.nextPart();
    if (rendered.status === "ok") this.#job.outputs.push(rendered.output);
    else this.#job.failure = rendered;
  }

  #onDeath(cause: CauseOfDeath): void {
    this.#ready.reject(new Error(`the template engine did not start: ${cause}`));
    this.#die({ status: "died", cause });
  }

  #onFailure(error: unknown): void {
    this.#ready.reject(error);
    this.#die({ status: "died", cause: "crash" });
  }

  #die(failure: RenderFailure): void {
    this.#alive = false;
    this.#worker.terminate();
    if (this.#job !== null) this.#job.failure ??= failure;
    this.#end();
  }

  #end(): void {
    if (this.#job === null) return;
    const { outputs, failure, deadline, ended } = this.#job;
    ended.resolve({ outputs, failure, time: deadline.stop() });
  }
}
