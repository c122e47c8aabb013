import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { createDecryptionThreads, createTemplateEngine, unseal } from "@sealwright/core";
import { type Audit, NO_AUDIT } from "./audit/audit.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import { auditedPorts } from "./audit/audited-ports.ts";
import type { Config } from "./config.ts";
import { createMetricsServer } from "./http/metrics-server.ts";
import { close, createHttpServer, type ListenAddress, listen } from "./http/server.ts";
import { followTls, readTlsPair, type TlsPair } from "./http/tls.ts";
import { KeyRegistry } from "./keys/key-registry.ts";
import { rotateKeys } from "./keys/key-rotation.ts";
import { KeyStore } from "./keys/key-store.ts";
import { watchKeys } from "./keys/key-watch.ts";
import { EventRecorder } from "./kubernetes/events.ts";
import { OrphanedSecrets } from "./kubernetes/orphaned-secrets.ts";
import type { Change } from "./kubernetes/reflector.ts";
import {
  rememberedStatuses,
  type SealedSecretObject,
  sealedSecretSource,
  statusStore,
} from "./kubernetes/sealed-secrets.ts";
import { secretStore } from "./kubernetes/secrets.ts";
import { Transport } from "./kubernetes/transport.ts";
import { Watches } from "./kubernetes/watches.ts";
import { ShardLeases } from "./leases/shard-leases.ts";
import { leaseNames, leasePrefixOf, shardOf } from "./leases/shards.ts";
import type { Log } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { describeError } from "./outcome.ts";
import type { ReconcilePorts } from "./ports.ts";
import { Quarrels } from "./quarrels.ts";
import { Reconciler } from "./reconciler.ts";
import { RecordBook } from "./records/record-book.ts";
import { Settled } from "./settled.ts";
import type { Urgency } from "./waiting-keys.ts";
import { WorkQueue } from "./work-queue.ts";

export interface ControllerOptions {
  readonly config: Config;
  readonly kubeConfig: KubeConfig;
  /** Its own: where the sealing keys are. */
  readonly namespace: string;
  /** Which replica this is. */
  readonly identity: string;
  readonly version: string;
  readonly log: Log;
  /** Null where none is kept. */
  readonly audit: AuditLog | null;
}

/** Enough to keep the decryption threads of a few cores busy while others wait for the API server. */
const WORKERS = 16;

/** Milliseconds that what is under way may take to its end before the Leases are released all the same: two who work on it do no harm. */
const HAND_OVER = 1_000;

const clock = { now: () => new Date() };

/** All parts, wired as the configuration says. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #audit: Audit;
  readonly #metrics: Metrics;
  readonly #transport: Transport;
  readonly #keys: KeyRegistry;
  readonly #watches: Watches;
  readonly #records: RecordBook;
  readonly #settled: Settled;
  readonly #queue: WorkQueue;
  readonly #events: EventRecorder;
  readonly #quarrels = new Quarrels();
  readonly #templates = createTemplateEngine();
  readonly #threads = createDecryptionThreads({ shared: true });
  readonly #orphans: OrphanedSecrets | null;
  /** Requests for Leases wait for no others. Nor are they counted: they never end, and would hide what work costs. */
  readonly #leaseTransport: Transport;
  /** Null where no work is shared. */
  readonly #leases: ShardLeases | null;

  constructor(options: ControllerOptions) {
    const { config, kubeConfig, namespace, version, log } = options;
    this.#options = options;
    this.#audit = options.audit ?? NO_AUDIT;
    this.#metrics = new Metrics({
      version,
      sealedSecrets: config.metricsOmitSecretLabels ? null : () => this.#watches.all(this.#isOurs),
      shards: () => this.#leases?.held ?? [true],
      ring: () => this.#keys.ring,
      queue: () => this.#queue,
      auditLinesLost: () => options.audit?.lost ?? 0,
      now: clock.now,
    });
    this.#transport = new Transport(kubeConfig, {
      rate: config.requestRate,
      onAnswer: (answer) => this.#metrics.apiAnswered(answer),
    });
    this.#leaseTransport = new Transport(kubeConfig);
    this.#leases = shardLeases(options, this.#leaseTransport);
    this.#events = new EventRecorder({ transport: this.#transport, clock, log });
    this.#keys = keyRegistry(options, this.#transport);
    this.#records = new RecordBook(() => this.#keys.ring, {
      acceptDeprecatedData: config.acceptDeprecatedV1Data,
      keepSecrets: config.keepSecrets,
      policy: config.policy,
    });
    this.#watches = new Watches({
      transport: this.#transport,
      namespaces: watchedNamespaces(config, namespace),
      labelSelector: config.labelSelector,
      watchSecrets: !config.skipRecreate,
      isRecorded: (object) => this.#records.isAbout(object, object.status?.record),
      log,
      onRestart: (resource) => this.#metrics.watchRestarted(resource),
    });
    this.#settled = new Settled(
      (key) => this.#watches.seenSecret(key),
      (key) => this.#drifted(key),
    );
    const reconciler = new Reconciler({
      ports: this.#ports(),
      log,
      metrics: this.#metrics,
      audit: this.#audit,
      maxRetries: config.maxUnsealRetries,
    });
    this.#queue = new WorkQueue({
      workers: WORKERS,
      work: async (key, failures) => {
        await this.#watches.secretsListed();
        if (!this.#isOurs(key)) return;
        await reconciler.look(key, failures);
      },
      backoff: reconciler.pauseAfter,
      onBegin: (begun) => this.#metrics.begun(begun),
    });
    this.#orphans = config.oldGcBehavior ? this.#orphanedSecrets() : null;
    this.#keys.onArrival(() => this.#queue.addFailed());
  }

  /** Has a new sealing key made, and does not wait for it. */
  renewKey(): void {
    this.#keys.renew().catch((error: unknown) => {
      this.#options.log.error("No new sealing key could be made", { message: describeError(error) });
    });
  }

  /** Serves and reconciles until the signal; then ends what is under way. Throws what keeps it from starting. */
  async run(stop: AbortSignal): Promise<void> {
    const { config, log } = this.#options;
    const servers: Server[] = [];
    let unfollow = () => {};
    const serve = async (server: Server, at: ListenAddress, what: string) => {
      const { address, port } = await listen(server, at);
      servers.push(server);
      log.info(what, { address: `${address}:${port}` });
    };
    try {
      // Liveness does not wait for keys or watches: see /readyz for those.
      const tls = config.tls === null ? null : await readTlsPair(config.tls);
      const server = this.#httpServer(tls);
      await serve(server, config.listenAddr, tls === null ? "Serving HTTP" : "Serving HTTPS");
      if (tls !== null && config.tls !== null) unfollow = followTls({ files: config.tls, pair: tls, server, log });
      await serve(createMetricsServer(this.#metrics, config), config.listenMetricsAddr, "Serving metrics").catch(
        // As in Go: Secrets matter more than what is counted of them.
        (error: NodeJS.ErrnoException) => log.error("Metrics cannot be served", { message: error.code ?? error.name }),
      );
      await this.#keys.load();
      await this.#work(stop);
    } finally {
      unfollow();
      this.#templates.close();
      await Promise.all(servers.map((server) => close(server)));
      // Only now: what the servers were asked needs them still.
      this.#threads.close();
      await Promise.all([this.#transport.close(), this.#leaseTransport.close()]);
      await this.#options.audit?.written();
    }
  }

  /** Reconciles whatever the watches point at, until the signal; then ends what is under way. */
  async #work(stop: AbortSignal): Promise<void> {
    const { config, namespace, log } = this.#options;
    const keyWatch = {
      transport: this.#transport,
      namespace,
      legacyName: config.keyPrefix,
      keys: this.#keys,
      onFailure: (error: unknown) => {
        log.warn("The watch of the sealing keys failed and is begun again", { message: describeError(error) });
        this.#metrics.watchRestarted("keys");
      },
    };
    const listener = {
      onWork: (key: string, urgency: Urgency) => {
        if (this.#isOurs(key)) this.#queue.add(key, urgency);
      },
      onDrift: this.#drifted,
      onChange: (change: Change<SealedSecretObject>) => this.#sealedSecretChanged(change),
    };
    await Promise.all([
      this.#watches.run(stop, listener, this.#settled),
      watchKeys(keyWatch, stop),
      rotateKeys({ keys: this.#keys, log }, stop),
      this.#share(stop),
    ]);
    await Promise.all([this.#queue.stop(), this.#orphans?.stop(), this.#events.stop()]);
  }

  readonly #drifted = (key: string): void => {
    if (this.#isOurs(key)) this.#queue.addLater(key, this.#quarrels.pauseBefore(key));
  };

  readonly #isOurs = (key: string): boolean => this.#leases?.includes(key) ?? true;

  /** Has this replica work on its share alone, until the signal; then gives that to others. */
  async #share(stop: AbortSignal): Promise<void> {
    if (this.#leases === null || stop.aborted) return;
    // Who holds a Lease should be able to work.
    await this.#watches.listed();
    await this.#leases.run(stop, {
      onWon: (shard) => {
        for (const [key, urgency] of this.#backlogOf(shard)) this.#queue.add(key, urgency);
      },
      onLost: (shard) => {
        for (const [key] of this.#backlogOf(shard)) this.#forget(key);
      },
    });
    const late = new AbortController();
    await Promise.race([this.#queue.stop(), delay(HAND_OVER, undefined, { signal: late.signal }).catch(() => {})]);
    late.abort();
    await this.#leases.release();
  }

  *#backlogOf(shard: number): Generator<readonly [key: string, urgency: Urgency]> {
    const { shards } = this.#options.config;
    for (const place of this.#watches.backlog()) if (shardOf(place[0], shards) === shard) yield place;
  }

  #sealedSecretChanged({ key, before, after }: Change<SealedSecretObject>): void {
    if (after !== null) return;
    this.#forget(key);
    if (before !== null && this.#isOurs(key)) this.#orphans?.collect(before);
  }

  #forget(key: string): void {
    this.#queue.forget(key);
    this.#settled.forget(key);
    this.#quarrels.forget(key);
  }

  #httpServer(tls: TlsPair | null): Server {
    const { config } = this.#options;
    return createHttpServer({
      tls: tls ?? undefined,
      keys: this.#keys,
      ready: () => this.#watches.synced,
      acceptDeprecatedData: config.acceptDeprecatedV1Data,
      threads: this.#threads,
      rateLimit: { perSecond: config.rateLimit, burst: config.rateLimitBurst },
      readTimeout: config.readTimeout,
      writeTimeout: config.writeTimeout,
      audit: this.#audit,
      onAnswer: (answer) => this.#metrics.httpAnswered(answer),
    });
  }

  #orphanedSecrets(): OrphanedSecrets {
    return new OrphanedSecrets({ transport: this.#transport, log: this.#options.log, audit: this.#audit });
  }

  #ports(): ReconcilePorts {
    const { config } = this.#options;
    const transport = this.#transport;
    const source = sealedSecretSource(this.#watches.sealedSecrets, transport);
    const statuses = config.updateStatus ? { source, store: statusStore(transport) } : rememberedStatuses(source);
    const { policy, keepSecrets, recreateSecrets } = config;
    const acceptDeprecatedData = config.acceptDeprecatedV1Data;
    const options = { acceptDeprecatedData, templates: this.#templates, threads: this.#threads };
    const secrets = secretStore(transport, (key) => this.#watches.seenSecret(key));
    const open: ReconcilePorts["unseal"] = (sealed, known = new Map()) =>
      this.#metrics.timeUnseal(() => unseal(sealed, this.#keys.ring, { ...options, known }));
    return {
      ...auditedPorts({ unseal: open, secrets }, this.#audit),
      sealedSecrets: statuses.source,
      statuses: statuses.store,
      events: this.#events,
      keys: this.#keys,
      records: this.#records,
      policy,
      planning: { keepSecrets, recreateSecrets },
      settled: this.#settled,
      clock,
      kstatus: config.kstatusConditions,
    };
  }
}

function keyRegistry({ config, namespace, log, audit }: ControllerOptions, transport: Transport): KeyRegistry {
  const store = new KeyStore({
    transport,
    namespace,
    prefix: config.keyPrefix,
    order: config.keyOrderPriority,
    labels: config.privatekeyLabels,
    annotations: config.privatekeyAnnotations,
    log,
  });
  return new KeyRegistry({
    store,
    clock,
    log,
    audit: audit ?? NO_AUDIT,
    bits: config.keySize,
    commonName: config.myCn,
    validFor: config.keyTtl,
    renewPeriod: config.keyRenewPeriod,
    cutoff: config.keyCutoffTime,
  });
}

function shardLeases(
  { config, namespace, identity, log }: ControllerOptions,
  transport: Transport,
): ShardLeases | null {
  if (!config.leaderElect) return null;
  const { keyPrefix, labelSelector, leaseDuration: duration, renewDeadline, retryPeriod } = config;
  const namespaces = watchedNamespaces(config, namespace);
  const prefix = config.leaseName ?? leasePrefixOf({ keyPrefix, namespaces, labelSelector });
  const times = { duration, renewDeadline, retryPeriod };
  return new ShardLeases({ transport, namespace, names: leaseNames(prefix, config.shards), identity, times, log });
}

/** Null watches all of them. Naming additional ones turns that off, as in Go. */
function watchedNamespaces(config: Config, own: string): readonly string[] | null {
  if (config.allNamespaces && config.additionalNamespaces.length === 0) return null;
  return [...new Set([own, ...config.additionalNamespaces])];
}
