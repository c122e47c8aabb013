import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import type { Cluster } from "../../test/cluster/cluster.ts";
import { freePort } from "../../test/cluster/real/free-port.ts";
import { Reaper } from "../../test/cluster/real/reaper.ts";
import { until } from "../../test/cluster/until.ts";
import type { Command } from "../bench.ts";
import { type Measured, type Sample, startMeasured } from "../measure/stopwatch.ts";
import type { Contestant } from "./contestant.ts";
import { programStartedBy, restOf, type Usage, usageOf } from "./process-usage.ts";

/** A controller under the stopwatch. */
export class RunningController {
  /** `http://127.0.0.1:PORT` of what anyone may ask. */
  readonly url: string;
  /** When it was started, on the clock of `performance`. */
  readonly begin = performance.now();
  readonly #metricsUrl: string;
  readonly #measured: Measured;
  readonly #reaper: Reaper;
  readonly #looks: string;
  #pid = 0;

  private constructor(contestant: Contestant, measured: Measured, reaper: Reaper, url: string, metricsUrl: string) {
    this.#looks = contestant.looks;
    this.#measured = measured;
    this.#reaper = reaper;
    this.url = url;
    this.#metricsUrl = metricsUrl;
  }

  static async start(
    contestant: Contestant,
    cluster: Cluster,
    { args, env }: Required<Pick<Command, "args" | "env">>,
  ): Promise<RunningController> {
    const folder = await mkdtemp(join(tmpdir(), "sealwright-"));
    const reaper = new Reaper(folder);
    try {
      const port = await freePort();
      const metricsPort = await freePort(port);
      const listen = [`--listen-addr=127.0.0.1:${port}`, `--listen-metrics-addr=127.0.0.1:${metricsPort}`];
      const command = await contestant.command(cluster, folder, [...listen, ...args]);
      const measured = startMeasured({ ...command, env: { ...command.env, ...env } });
      // It is told by `stop`, or by what waits for the controller in vain.
      measured.ended.catch(() => undefined);
      const urls = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${metricsPort}/metrics`] as const;
      const controller = new RunningController(contestant, measured, reaper, ...urls);
      await controller.#begun();
      return controller;
    } catch (error) {
      await reaper.close();
      throw error;
    }
  }

  /** What it has taken so far. */
  usage(): Usage {
    this.#assertAlive();
    return usageOf(this.#pid);
  }

  /** Waits until it serves. */
  async ready(): Promise<void> {
    const serves = async () => {
      this.#assertAlive();
      const answer = await request(`${this.url}/v1/cert.pem`).catch(() => null);
      await answer?.body.dump();
      return answer?.statusCode === 200;
    };
    await until(serves, { what: "the controller to serve", timeoutMs: 120_000 });
  }

  /**
   * Waits until it has looked at so many SealedSecrets and has nothing more to do.
   *
   * @returns seconds from its start
   */
  async rest(looks: number): Promise<number> {
    for (;;) {
      this.#assertAlive();
      const since = await restOf(this.#pid);
      if ((await this.metric(this.#looks)) >= looks) return (since - this.begin) / 1_000;
    }
  }

  /** The sum of a metric, over all of its labels; 0 where there is none. */
  async metric(name: string): Promise<number> {
    const answer = await request(this.#metricsUrl).catch(() => null);
    const lines = ((await answer?.body.text()) ?? "").split("\n");
    const samples = lines.filter((line) => line.startsWith(name) && /^[ {]/.test(line.slice(name.length)));
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  }

  /** Ends it, and tells what it took from its start to its end. */
  async stop(): Promise<Sample> {
    this.#measured.process.kill("SIGTERM");
    try {
      return await this.#measured.ended;
    } finally {
      await this.#reaper.close();
    }
  }

  /** Ends it without a word to it. Resolves when it is gone. */
  async kill(): Promise<void> {
    process.kill(this.#pid, "SIGKILL");
    // That it did not end well is what was asked for.
    await this.#measured.ended.catch(() => undefined);
    await this.#reaper.close();
  }

  /** The stopwatch's child is the controller; should this process die, it dies too. */
  async #begun(): Promise<void> {
    const stopwatch = this.#measured.process.pid;
    if (stopwatch === undefined) throw new Error("the stopwatch could not be started");
    const begun = () => {
      this.#assertAlive();
      return programStartedBy(stopwatch);
    };
    this.#pid = await until(begun, { what: "the controller's process", intervalMs: 1 });
    this.#reaper.guard(this.#pid);
    this.#measured.process.once("exit", () => this.#reaper.release(this.#pid));
  }

  #assertAlive(): void {
    const { exitCode } = this.#measured.process;
    if (exitCode !== null) throw new Error(`the controller ended by itself with ${exitCode}`);
  }
}
