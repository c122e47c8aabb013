import type { Server } from "node:http";
import type { DecryptionThreads } from "@sealwright/core";
import type { Audit } from "../audit/audit.ts";
import type { Config } from "../config.ts";
import type { KeyRegistry } from "../keys/key-registry.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { createMetricsServer } from "./metrics-server.ts";
import { close, createHttpServer, type ListenAddress, listen } from "./server.ts";
import { followTls, readTlsPair, type TlsPair } from "./tls.ts";

export interface ServersOptions {
  readonly config: Config;
  readonly keys: KeyRegistry;
  readonly threads: DecryptionThreads;
  readonly metrics: Metrics;
  readonly audit: Audit;
  readonly log: Log;
  readonly ready: () => boolean;
}

/** What is served to others: the certificate, checks and health on one port, metrics on another. */
export class Servers {
  readonly #options: ServersOptions;
  readonly #servers: Server[] = [];
  #unfollow = () => {};

  constructor(options: ServersOptions) {
    this.#options = options;
  }

  /** Throws what keeps it from serving; metrics are none of it. */
  async start(): Promise<void> {
    const { config, metrics, log } = this.#options;
    const tls = config.tls === null ? null : await readTlsPair(config.tls);
    const server = this.#create(tls);
    await this.#serve(server, config.listenAddr, tls === null ? "Serving HTTP" : "Serving HTTPS");
    if (tls !== null && config.tls !== null) this.#unfollow = followTls({ files: config.tls, pair: tls, server, log });
    await this.#serve(createMetricsServer(metrics, config), config.listenMetricsAddr, "Serving metrics").catch(
      // As in Go: Secrets matter more than what is counted of them.
      (error: NodeJS.ErrnoException) => log.error("Metrics cannot be served", { message: error.code ?? error.name }),
    );
  }

  /** Ends what is under way; safe where it was never started. */
  async close(): Promise<void> {
    this.#unfollow();
    await Promise.all(this.#servers.map((server) => close(server)));
  }

  async #serve(server: Server, at: ListenAddress, what: string): Promise<void> {
    const { address, port } = await listen(server, at);
    this.#servers.push(server);
    this.#options.log.info(what, { address: `${address}:${port}` });
  }

  #create(tls: TlsPair | null): Server {
    const { config, keys, threads, metrics, audit, ready } = this.#options;
    return createHttpServer({
      tls: tls ?? undefined,
      keys,
      ready,
      acceptDeprecatedData: config.acceptDeprecatedV1Data,
      threads,
      rateLimit: { perSecond: config.rateLimit, burst: config.rateLimitBurst },
      readTimeout: config.readTimeout,
      writeTimeout: config.writeTimeout,
      audit,
      onAnswer: (answer) => metrics.httpAnswered(answer),
    });
  }
}
