import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../until.ts";
import type { Reaper } from "./reaper.ts";

export interface PartOptions {
  /** What messages and the log file call it. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Where it runs and writes its log. */
  readonly folder: string;
  readonly reaper: Reaper;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether it serves; asked again and again while it starts. */
  readonly ready: () => Promise<boolean>;
}

const START_TIMEOUT_MS = 90_000;

/** A process that could not be started; the message ends with the end of its log. */
export class PartFailedError extends Error {
  override readonly name = "PartFailedError";
}

/** One server process of a cluster, that can be ended and started again with everything it had. */
export class Part {
  readonly #options: PartOptions;
  #child: ChildProcess | null = null;

  constructor(options: PartOptions) {
    this.#options = options;
  }

  /** Its process, as long as it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    const { name, ready } = this.#options;
    if (this.#child !== null) throw new Error(`${name} runs already`);
    const child = this.#spawn();
    let ended: string | undefined;
    child.once("error", (error) => {
      ended = error.message;
    });
    child.once("exit", (code, signal) => {
      ended = `it ended with ${signal ?? `exit code ${code}`}`;
    });
    try {
      await until(
        async () => {
          if (ended !== undefined) throw new Error(ended);
          return ready();
        },
        { what: "its readiness", timeoutMs: START_TIMEOUT_MS, intervalMs: 25 },
      );
    } catch (error) {
      await this.stop();
      throw new PartFailedError(`${name} did not start: ${(error as Error).message}\n${this.#tail()}`);
    }
  }

  /** Ends it, by default as a crash would, and waits until it is gone. Does nothing where it does not run. */
  async stop(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    child.ref();
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** All that it has written since it was first started. */
  log(): string {
    return readFileSync(this.#logFile, "utf8");
  }

  get #logFile(): string {
    return join(this.#options.folder, `${this.#options.name}.log`);
  }

  #tail(): string {
    return this.log().trimEnd().split("\n").slice(-15).join("\n");
  }

  #spawn(): ChildProcess {
    const { program, args, folder, env, reaper } = this.#options;
    const log = openSync(this.#logFile, "a");
    const child = spawn(program, args, { cwd: folder, stdio: ["ignore", log, log], env: env ?? process.env });
    closeSync(log);
    child.unref();
    const { pid } = child;
    if (pid === undefined) return child;
    reaper.guard(pid);
    this.#child = child;
    child.once("exit", () => {
      reaper.release(pid);
      this.#child = null;
    });
    return child;
  }
}
