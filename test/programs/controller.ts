import type { ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { applyManifests, type Manifest } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type KubeconfigOptions, kubeconfig } from "../cluster/kubeconfig.ts";
import { until } from "../cluster/until.ts";
import { controllerProgram } from "./controller-program.ts";
import { collect, sourceOf, startProgram } from "./program.ts";

export interface ControllerOptions {
  /** What is run; see controller-program.ts. */
  readonly program?: string;
  /** Flags beside the kubeconfig and the address to listen on; sealing keys have 2048 bits unless told, which are made and used in no time. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The name of its Pod: the same one again takes over at once what it held. */
  readonly podName?: string;
  /** What is installed before it starts; `deploy/` unless told. */
  readonly manifests?: readonly Manifest[];
  /** As whom it runs; by a token of its ServiceAccount unless told. */
  readonly user?: KubeconfigOptions["user"];
  /** Told of the process as soon as there is one: it may be meant to end before it is ready. */
  readonly onStart?: (running: Pick<Controller, "log" | "signal" | "stop">) => void;
}

/** A controller that runs as its own ServiceAccount, reachable as the Service that clients ask for by default. */
export interface Controller {
  /** `http://127.0.0.1:PORT`; `https` where it was started so. */
  readonly url: string;
  /** All that it has printed. */
  log(): string;
  signal(name: NodeJS.Signals): void;
  /** Ends it with SIGTERM; resolves to its exit code. Safe to call twice. */
  stop(): Promise<number | null>;
}

const NAMESPACE = "kube-system";
const SERVICE = "sealed-secrets-controller";
/** Of two that run at the same time, one would find the usual ports taken. */
const ANY_PORT = ["--listen-addr", "127.0.0.1:0", "--listen-metrics-addr", "127.0.0.1:0"];
/** Of 4096 bits, as it makes them by itself, one costs a second of the machine on the average, and four where luck is bad. */
export const SMALL_KEYS = "--key-size=2048";

/** Starts `sealwright-controller` against a cluster; it is ready when the promise resolves. */
export async function startController(cluster: Cluster, options: ControllerOptions = {}): Promise<Controller> {
  await applyManifests(cluster, options.manifests ?? (await deployManifests()));
  const user = options.user ?? { token: await controllerToken(cluster) };
  const folder = await mkdtemp(join(tmpdir(), "sealwright-"));
  const file = join(folder, "kubeconfig");
  await writeFile(file, kubeconfig({ ...cluster, user }), { mode: 0o600 });
  const child = startProgram(options.program ?? controllerProgram(), {
    args: ["--kubeconfig", file, ...ANY_PORT, SMALL_KEYS, ...(options.args ?? [])],
    env: { POD_NAMESPACE: NAMESPACE, POD_NAME: options.podName ?? `${SERVICE}-0`, ...options.env },
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const log = () => stdout() + stderr();
  const ended = exitOf(child).finally(() => rm(folder, { recursive: true, force: true }));
  const stop = () => {
    child.kill("SIGTERM");
    return ended;
  };
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  options.onStart?.({ log, signal, stop });
  try {
    const { scheme, port } = await listening(child, log);
    const url = `${scheme}://127.0.0.1:${port}`;
    await ready(child, url, log);
    await cluster.exposeService({ namespace: NAMESPACE, name: SERVICE, loopbackPort: port });
    return { url, log, signal, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A token of the ServiceAccount that the controller runs as. */
export function controllerToken(cluster: Cluster): Promise<string> {
  return cluster.serviceAccountToken(NAMESPACE, SERVICE);
}

/** The CRD and the RBAC that Sealwright ships, and more of `deploy/` by name. */
export async function deployManifests(...more: readonly string[]): Promise<readonly Manifest[]> {
  const names = ["crd", "rbac", ...more];
  const texts = await Promise.all(names.map((name) => readFile(sourceOf(`deploy/${name}.yaml`), "utf8")));
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Manifest));
}

function listening(child: ChildProcess, log: () => string): Promise<{ scheme: string; port: number }> {
  const serving = () => {
    const [, secure, port] = /msg="Serving HTTP(S?)" address=\S*:(\d+)/.exec(aliveLog(child, log)) ?? [];
    return port === undefined ? undefined : { scheme: secure === "S" ? "https" : "http", port: Number(port) };
  };
  return until(serving, { what: "the controller to listen" });
}

function ready(child: ChildProcess, url: string, log: () => string): Promise<true> {
  const answers = async () => {
    aliveLog(child, log);
    return (await statusOf(`${url}/readyz`)) === 200 || undefined;
  };
  return until(answers, { what: "the controller to be ready" });
}

/** As a kubelet asks: whoever signed the certificate. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    };
    const call = url.startsWith("https:")
      ? https.get(url, { rejectUnauthorized: false }, onAnswer)
      : http.get(url, onAnswer);
    call.on("error", reject);
  });
}

function aliveLog(child: ChildProcess, log: () => string): string {
  const end = child.signalCode ?? child.exitCode;
  if (end !== null) throw new Error(`the controller ended with ${end}:\n${log().slice(-2_000)}`);
  return log();
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once("close", resolve);
  });
}
