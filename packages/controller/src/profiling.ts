import { rename, rm, stat, writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import type { Log } from "./log.ts";

export interface ProfilerOptions {
  readonly folder: string;
  readonly log: Log;
  /** How long it looks on. */
  readonly milliseconds?: number;
}

const HALF_A_MINUTE = 30_000;

/**
 * Writes where the time goes, as V8's sampler sees it: names and places of functions, and how often each was found at work. Beside that,
 * how much memory is taken by what; never what is in it: a snapshot of the heap would hold every sealing key and what was opened last.
 */
export class Profiler {
  readonly #options: ProfilerOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  /** @throws Error that names the folder, where there is none */
  static async open(options: ProfilerOptions): Promise<Profiler> {
    const found = await stat(options.folder).catch((error: NodeJS.ErrnoException) => error.code ?? "unknown");
    if (typeof found === "string") throw new Error(`--profile-dir: ${options.folder} cannot be used (${found})`);
    if (!found.isDirectory()) throw new Error(`--profile-dir: ${options.folder} is no folder`);
    return new Profiler(options);
  }

  private constructor(options: ProfilerOptions) {
    this.#options = options;
  }

  /** Begins a profile, unless one is under way or this is the end. Nothing waits for it, and it never fails. */
  begin(): void {
    const { log } = this.#options;
    if (this.#running !== null || this.#stop.signal.aborted) return;
    this.#running = this.#profile()
      .catch((error: NodeJS.ErrnoException) =>
        log.error("No profile could be written", { message: error.code ?? error.name }),
      )
      .finally(() => {
        this.#running = null;
      });
  }

  /** Ends a profile that is under way, and resolves once it is written. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #profile(): Promise<void> {
    const { log, milliseconds = HALF_A_MINUTE } = this.#options;
    const time = new Date().toISOString().replace(/[:.]/g, "-");
    log.info("Profiling", { count: milliseconds / 1_000 });
    await this.#write(`memory-${time}.json`, memory());
    const profile = await cpuProfile(() =>
      delay(milliseconds, undefined, { signal: this.#stop.signal }).catch(() => {}),
    );
    await this.#write(`cpu-${time}.cpuprofile`, profile);
    log.info("Profile written", { name: `cpu-${time}.cpuprofile` });
  }

  async #write(name: string, content: unknown): Promise<void> {
    const path = join(this.#options.folder, name);
    const draft = `${path}.tmp`;
    try {
      await writeFile(draft, JSON.stringify(content), { mode: 0o600, flag: "wx" });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}

function memory() {
  return {
    process: process.memoryUsage(),
    resources: process.resourceUsage(),
    heap: getHeapStatistics(),
    spaces: getHeapSpaceStatistics(),
    active: counted(process.getActiveResourcesInfo()),
  };
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

async function cpuProfile(meanwhile: () => Promise<void>): Promise<unknown> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
    await meanwhile();
    return (await session.post("Profiler.stop")).profile;
  } finally {
    session.disconnect();
  }
}
