import { createDecryptionThreads, createTemplateEngine, unseal } from "@sealwright/core";
import { type Audit, NO_AUDIT } from "./audit/audit.ts";
import { auditedPorts } from "./audit/audited-ports.ts";
import { type ControllerOptions, watchedNamespaces } from "./controller-options.ts";
import { Servers } from "./http/servers.ts";
import { configuredRegistry } from "./keys/configured-registry.ts";
import type { KeyRegistry } from "./keys/key-registry.ts";
import { rotateKeys } from "./keys/key-rotation.ts";
import { watchKeys } from "./keys/key-watch.ts";
import { EventRecorder } from "./kubernetes/events.ts";
import { OrphanedSecrets } from "./kubernetes/orphaned-secrets.ts";
import { rememberedStatuses, sealedSecretSource, statusStore } from "./kubernetes/sealed-secrets.ts";
import { secretStore } from "./kubernetes/secrets.ts";
import { Transport } from "./kubernetes/transport.ts";
import { Watches } from "./kubernetes/watches.ts";
import { WorkShare } from "./leases/work-share.ts";
import { Metrics } from "./metrics.ts";
import { describeError } from "./outcome.ts";
import type { ReconcilePorts } from "./ports.ts";
import { Quarrels } from "./quarrels.ts";
import { Reconciler } from "./reconciler.ts";
import { RecordBook } from "./records/record-book.ts";
import { Settled } from "./settled.ts";
import { WorkQueue } from "./work-queue.ts";

/** Enough to keep the decryption threads of a few cores busy while others wait for the API server. */
const WORKERS = 16;

const clock = { now: () => new Date() };

/** All parts, wired as the configuration says. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #audit: Audit;
  readonly #metrics: Metrics;
  readonly #transport: Transport;
  /** Requests for Leases wait for no others. Nor are they counted: they never end, and would hide what work costs. */
  readonly #leaseTransport: Transport;
  readonly #share: WorkShare;
  readonly #keys: KeyRegistry;
  readonly #records: RecordBook;
  readonly #watches: Watches;
  readonly #settled: Settled;
  readonly #quarrels = new Quarrels();
  readonly #queue: WorkQueue;
  readonly #events: EventRecorder;
  readonly #templates = createTemplateEngine();
  readonly #threads = createDecryptionThreads({ shared: true });
  readonly #orphans: OrphanedSecrets | null;
  readonly #servers: Servers;

  constructor(options: ControllerOptions) {
    const { config, kubeConfig, followKubeConfig: follow, log } = options;
    this.#options = options;
    this.#audit = options.audit ?? NO_AUDIT;
    this.#metrics = this.#createMetrics();
    this.#transport = new Transport(kubeConfig, {
      follow,
      rate: config.requestRate,
      onAnswer: (answer) => this.#metrics.apiAnswered(answer),
    });
    this.#leaseTransport = new Transport(kubeConfig, { follow });
    this.#share = new WorkShare(options, this.#leaseTransport);
    this.#events = new EventRecorder({ transport: this.#transport, clock, log });
    this.#keys = configuredRegistry(options, { transport: this.#transport, clock });
    this.#records = new RecordBook(() => this.#keys.ring, {
      acceptDeprecatedData: config.acceptDeprecatedV1Data,
      keepSecrets: config.keepSecrets,
      policy: config.policy,
    });
    this.#watches = this.#createWatches();
    this.#settled = new Settled(
      (key) => this.#watches.seenSecret(key),
      (key) => this.#drifted(key),
    );
    this.#queue = this.#createQueue();
    this.#orphans = config.oldGcBehavior
      ? new OrphanedSecrets({ transport: this.#transport, log, audit: this.#audit })
      : null;
    this.#servers = new Servers({
      config,
      keys: this.#keys,
      threads: this.#threads,
      metrics: this.#metrics,
      audit: this.#audit,
      log,
      ready: () => this.#watches.synced,
    });
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
    try {
      // Liveness does not wait for keys or watches: see /readyz for those.
      await this.#servers.start();
      await this.#keys.load();
      await this.#work(stop);
    } finally {
      this.#templates.close();
      await this.#servers.close();
      // Only now: what the servers were asked needs them still.
      this.#threads.close();
      await Promise.all([this.#transport.close(), this.#leaseTransport.close()]);
      await this.#options.audit?.written();
    }
  }

  /** Reconciles whatever the watches point at, until the signal; then ends what is under way. */
  async #work(stop: AbortSignal): Promise<void> {
    const { log } = this.#options;
    await Promise.all([
      this.#watch(stop),
      this.#watchKeys(stop),
      rotateKeys({ keys: this.#keys, log }, stop),
      this.#share.run(stop, {
        listed: () => this.#watches.listed(),
        backlog: () => this.#watches.backlog(),
        onWon: (key, urgency) => this.#queue.add(key, urgency),
        onLost: (key) => this.#forget(key),
        end: () => this.#queue.stop(),
      }),
    ]);
    await Promise.all([this.#queue.stop(), this.#orphans?.stop(), this.#events.stop()]);
  }

  #watch(stop: AbortSignal): Promise<void> {
    return this.#watches.run(
      stop,
      {
        onWork: (key, urgency) => {
          if (this.#share.includes(key)) this.#queue.add(key, urgency);
        },
        onDrift: this.#drifted,
        onGone: (key, object) => {
          this.#forget(key);
          if (this.#share.includes(key)) this.#orphans?.collect(object);
        },
      },
      this.#settled,
    );
  }

  #watchKeys(stop: AbortSignal): Promise<void> {
    const { config, namespace, log } = this.#options;
    const onFailure = (error: unknown) => {
      log.warn("The watch of the sealing keys failed and is begun again", { message: describeError(error) });
      this.#metrics.watchRestarted("keys");
    };
    const watch = { transport: this.#transport, namespace, legacyName: config.keyPrefix, keys: this.#keys, onFailure };
    return watchKeys(watch, stop);
  }

  readonly #drifted = (key: string): void => {
    if (this.#share.includes(key)) this.#queue.addLater(key, this.#quarrels.pauseBefore(key));
  };

  #forget(key: string): void {
    this.#queue.forget(key);
    this.#settled.forget(key);
    this.#quarrels.forget(key);
  }

  #createMetrics(): Metrics {
    const { config, version, audit } = this.#options;
    return new Metrics({
      version,
      sealedSecrets: config.metricsOmitSecretLabels ? null : () => this.#watches.all(this.#share.includes),
      shards: () => this.#share.held,
      ring: () => this.#keys.ring,
      queue: () => this.#queue,
      auditLinesLost: () => audit?.lost ?? 0,
      now: clock.now,
    });
  }

  #createWatches(): Watches {
    const { config, log } = this.#options;
    return new Watches({
      transport: this.#transport,
      namespaces: watchedNamespaces(this.#options),
      labelSelector: config.labelSelector,
      watchSecrets: !config.skipRecreate,
      isRecorded: (object) => this.#records.isAbout(object, object.status?.record),
      log,
      onRestart: (resource) => this.#metrics.watchRestarted(resource),
    });
  }

  #createQueue(): WorkQueue {
    const { config, log } = this.#options;
    const reconciler = new Reconciler({
      ports: this.#ports(),
      log,
      metrics: this.#metrics,
      audit: this.#audit,
      maxRetries: config.maxUnsealRetries,
    });
    return new WorkQueue({
      workers: WORKERS,
      work: async (key, failures) => {
        await this.#watches.secretsListed();
        if (this.#share.includes(key)) await reconciler.look(key, failures);
      },
      backoff: reconciler.pauseAfter,
      onBegin: (begun) => this.#metrics.begun(begun),
    });
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
