import type { HostWorker, TemplateHost, WorkerListeners } from "../../src/template/host.ts";
import type { FromWorker, ToWorker } from "../../src/template/messages.ts";

/** A module of no content. */
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** A worker that answers only when it is told to. */
export class FakeWorker implements HostWorker {
  terminated = false;
  keptAlive = true;
  /** The number of templates in the job under way; 0 where there is none. */
  pending = 0;
  readonly processorTime: (() => Promise<number>) | null;
  readonly #listeners: WorkerListeners;
  readonly #startError: Error | null;

  constructor(listeners: WorkerListeners, { startError, processorTime }: FakeHost) {
    this.#listeners = listeners;
    this.#startError = startError;
    this.processorTime = processorTime;
  }

  send(message: ToWorker): void {
    if (message.kind === "start") queueMicrotask(() => this.#start());
    else this.pending = message.templates.length;
  }

  terminate(): void {
    this.terminated = true;
    this.pending = 0;
  }

  keepAlive(busy: boolean): void {
    this.keptAlive = busy;
  }

  answer(message: FromWorker): void {
    if (message.kind === "done") this.pending = 0;
    this.#listeners.onMessage(message);
  }

  /** One template is done; its output is this text. */
  render(output = "x"): void {
    this.answer({ kind: "rendered", rendered: { status: "ok", output: new TextEncoder().encode(output) } });
  }

  /** Renders all of the job under way. */
  finish(memory = 0): void {
    for (let count = this.pending; count > 0; count--) this.render();
    this.answer({ kind: "done", memory });
  }

  /** It ends by itself. */
  fail(error: Error): void {
    this.#listeners.onFailure(error);
  }

  #start(): void {
    if (this.#startError === null) this.answer({ kind: "ready" });
    else this.fail(this.#startError);
  }
}

/** A host whose workers are fakes, and which counts what is asked of it. */
export class FakeHost implements TemplateHost {
  readonly workers: FakeWorker[] = [];
  moduleReads = 0;
  /** What reading the module throws, while it is set. */
  moduleError: Error | null = null;
  /** What ends a worker before it has started, while it is set. */
  startError: Error | null = null;
  /** What tells of a worker's processor time. */
  processorTime: (() => Promise<number>) | null = null;

  async readModule(): Promise<Uint8Array> {
    this.moduleReads++;
    if (this.moduleError !== null) throw this.moduleError;
    return EMPTY_MODULE;
  }

  async gunzip(): Promise<never> {
    throw new Error("nothing here is compressed");
  }

  startWorker(listeners: WorkerListeners): FakeWorker {
    const worker = new FakeWorker(listeners, this);
    this.workers.push(worker);
    return worker;
  }

  /** The worker that was started last. */
  get worker(): FakeWorker {
    const last = this.workers.at(-1);
    if (last === undefined) throw new Error("no worker was started");
    return last;
  }

  /** How many workers have a job under way. */
  get busy(): number {
    return this.workers.filter(({ pending }) => pending > 0).length;
  }
}
