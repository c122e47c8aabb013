import { createRequire } from "node:module";
import { type Config, NothingToRun, readConfig } from "./config.ts";
import { close, createHttpServer, listen } from "./http-server.ts";
import { KeyRegistry } from "./keys/key-registry.ts";
import { KeyStore } from "./keys/key-store.ts";
import { isRace } from "./kubernetes/api-error.ts";
import { eventSink } from "./kubernetes/events.ts";
import { loadKubeConfig, ownNamespace } from "./kubernetes/kube-config.ts";
import { sealedSecretSource, statusStore } from "./kubernetes/sealed-secrets.ts";
import { secretStore } from "./kubernetes/secrets.ts";
import { Transport } from "./kubernetes/transport.ts";
import { Watches } from "./kubernetes/watches.ts";
import { createLog, type Log } from "./log.ts";
import { describeError, mayHeal } from "./outcome.ts";
import type { ReconcilePorts } from "./ports.ts";
import { NotReported, NotSynced, reconcile } from "./reconcile.ts";
import { exponentialBackoff, WorkQueue } from "./work-queue.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** More of them would only wait for each other: RSA is done on this thread, while a few wait for the API server. */
const WORKERS = 8;

export interface Process {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Aborted when the program is to end. */
  readonly stop: AbortSignal;
  /** Registers what is to happen when a new sealing key is asked for. */
  readonly onRenew: (renew: () => void) => void;
}

/** Runs the controller until it is stopped. Resolves to the exit code; never throws. */
export async function main(process: Process): Promise<number> {
  try {
    const config = readConfig(process.argv, process.env, version);
    const out = config.logInfoToStdout ? process.stdout : process.stderr;
    const log = createLog({ format: config.logFormat, level: config.logLevel, out, err: process.stderr });
    await run(config, log, process);
    return 0;
  } catch (error) {
    if (error instanceof NothingToRun) {
      (error.exitCode === 0 ? process.stdout : process.stderr).write(error.message);
      return error.exitCode;
    }
    process.stderr.write(`error: ${error instanceof Error ? error.message : "unknown"}\n`);
    return 1;
  }
}

async function run(config: Config, log: Log, process: Process): Promise<void> {
  const kubeConfig = loadKubeConfig(config);
  const namespace = await ownNamespace(kubeConfig);
  log.info("Starting sealwright-controller", { version, namespace });
  const transport = new Transport(kubeConfig);
  const keys = keyRegistry(config, namespace, transport, log);
  const watches = new Watches({
    transport,
    namespaces: watchedNamespaces(config, namespace),
    labelSelector: config.labelSelector,
    log,
  });

  // Liveness does not wait for keys or watches: see /readyz for those.
  const server = createHttpServer({ keys, ready: () => watches.synced });
  try {
    const { address, port } = await listen(server, config.listenAddr);
    log.info("Serving HTTP", { address: `${address}:${port}` });
    await keys.load();
    process.onRenew(() => renew(keys, log));
    await work(watches, portsOf(transport, watches, keys, log), log, process.stop);
    log.info("Stopped");
  } finally {
    await close(server);
    await transport.close();
  }
}

function keyRegistry(config: Config, namespace: string, transport: Transport, log: Log): KeyRegistry {
  const { keyPrefix: prefix, keyOrderPriority: order, keySize: bits, myCn: commonName, keyTtl: validFor } = config;
  const store = new KeyStore({ transport, namespace, prefix, order, log });
  return new KeyRegistry({ store, clock, log, bits, commonName, validFor });
}

/** Null watches all of them. Naming additional ones turns that off, as in Go. */
function watchedNamespaces(config: Config, own: string): readonly string[] | null {
  if (config.allNamespaces && config.additionalNamespaces.length === 0) return null;
  return [...new Set([own, ...config.additionalNamespaces])];
}

function portsOf(transport: Transport, watches: Watches, keys: KeyRegistry, log: Log): ReconcilePorts {
  return {
    sealedSecrets: sealedSecretSource(watches.sealedSecrets),
    secrets: secretStore(transport),
    statuses: statusStore(transport),
    events: eventSink({ transport, clock, log }),
    keys,
    clock,
  };
}

/** Reconciles whatever the watches point at, until the signal; then ends what is under way. */
async function work(watches: Watches, ports: ReconcilePorts, log: Log, stop: AbortSignal): Promise<void> {
  const queue = new WorkQueue({
    workers: WORKERS,
    backoff: pauseAfter,
    work: (key) => reconcileAndLog(key, ports, log),
  });
  await watches.run(stop, { onWork: (key) => queue.add(key), onGone: (key) => queue.forget(key) });
  await queue.stop();
}

async function reconcileAndLog(key: string, ports: ReconcilePorts, log: Log): Promise<void> {
  const [namespace = "", name = ""] = key.split("/");
  try {
    const outcome = await reconcile(key, ports);
    if (outcome?.kind === "synced" && outcome.changed) log.info("Unsealed", { namespace, name });
  } catch (error) {
    logFailure(error, { namespace, name }, log);
    throw error;
  }
}

function logFailure(error: unknown, at: { readonly namespace: string; readonly name: string }, log: Log): void {
  if (error instanceof NotSynced) {
    const { reason, message } = error.failure;
    if (error.news) log.warn("Not unsealed", { ...at, reason, message });
    return;
  }
  if (error instanceof NotReported) {
    const reason = error.outcome.kind === "failed" ? error.outcome.reason : "Unsealed";
    log.warn("The status could not be written", { ...at, reason, message: describeError(error.cause) });
    return;
  }
  if (isRace(error)) log.info("Changed meanwhile, and looked at again", at);
  else log.warn("Not done yet", { ...at, message: describeError(error) });
}

/** What waits for a person is looked at seldom: a change of the object or its Secret brings it back at once. */
function pauseAfter(failures: number, error: unknown): number {
  const hopeless = error instanceof NotSynced && !mayHeal(error.failure);
  const pauses = hopeless ? { first: 60_000, longest: 1_800_000 } : { first: 200, longest: 300_000 };
  return exponentialBackoff(failures, pauses);
}

function renew(keys: KeyRegistry, log: Log): void {
  keys.renew().catch((error: unknown) => {
    log.error("No new sealing key could be made", { message: describeError(error) });
  });
}

const clock = { now: () => new Date() };
