import { spawnSync } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, resolve, sep } from "node:path";
import { findBuiltFolder } from "./cache.ts";
import { executable, GO_PROJECT_VERSION, PEER_MODULES, type PeerModule } from "./peer-modules.ts";

const FILES = {
  etcd: "etcd",
  kubeApiserver: "kube-apiserver",
  kubeControllerManager: "kube-controller-manager",
  kubectl: "kubectl",
  kubeseal: "kubeseal",
  goController: "controller",
  sealedSecretsOracle: "sealed-secrets-oracle",
  yamlOracle: "yaml-oracle",
  templateOracle: "template-oracle",
  coreBench: "core-bench",
  stopwatch: "stopwatch",
} as const;

export type PeerName = keyof typeof FILES;

const NAMES = Object.keys(FILES) as PeerName[];

/** The absolute paths of the real programs, as far as this machine has them. */
export type Peers = { readonly [Name in PeerName]?: string } & { readonly missing: readonly PeerName[] };

let found: Peers | undefined;

/** What `locatePeers` finds in this process's environment; looked up once. */
export function findPeers(): Peers {
  found ??= locatePeers(process.env);
  return found;
}

/** Looks in the folder `KUBEBUILDER_ASSETS`, then in the cache that `npm run cluster` fills, then on `PATH`. */
export function locatePeers(env: NodeJS.ProcessEnv): Peers {
  const paths = NAMES.map((name) => [name, locate(name, env)] as const);
  return {
    ...Object.fromEntries(paths.filter(([, path]) => path !== undefined)),
    missing: paths.filter(([, path]) => path === undefined).map(([name]) => name),
  };
}

/** Whether a machine without all the programs is a failure, as in continuous integration, and not a reason to skip tests. */
export function peersRequired(): boolean {
  return process.env["SEALWRIGHT_REQUIRE_PEERS"] === "1";
}

/** The paths of these programs; throws the names of those that are missing and how to get them. */
export function requirePeers<Name extends PeerName>(...names: Name[]): Readonly<Record<Name, string>> {
  const reason = missingPeers(...names);
  if (reason !== null) throw new Error(reason);
  const peers: Peers = findPeers();
  return Object.fromEntries(names.map((name) => [name, peers[name]])) as Record<Name, string>;
}

/** Which of these programs this machine lacks, in a sentence that says how to get them; null where it has them all. */
export function missingPeers(...names: PeerName[]): string | null {
  const missing = findPeers().missing.filter((name) => names.includes(name));
  if (missing.length === 0) return null;
  return `${missing.map((name) => FILES[name]).join(", ")} not found; build with "npm run cluster" (needs Go)`;
}

/** The modules that have these programs, to be built. */
export function modulesOf(names: readonly PeerName[]): readonly PeerModule[] {
  return PEER_MODULES.filter(({ programs }) => names.some((name) => FILES[name] in programs));
}

function locate(name: PeerName, env: NodeJS.ProcessEnv): string | undefined {
  const file = executable(FILES[name]);
  const named = [env["KUBEBUILDER_ASSETS"], cached(FILES[name], env)].filter((folder) => folder !== undefined);
  return inFolders(named, file).find(isExecutable) ?? onPath(name, file, env);
}

function cached(program: string, env: NodeJS.ProcessEnv): string | undefined {
  const module = PEER_MODULES.find(({ programs }) => program in programs);
  return (module && findBuiltFolder(module, env)) ?? undefined;
}

/**
 * A name on `PATH` proves little: Sealwright's own programs answer to `kubeseal` and `controller` too, under `node_modules/.bin` or
 * wherever they are installed.
 */
function onPath(name: PeerName, file: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env["PATH"] ?? "").split(delimiter);
  const candidates = inFolders(folders, file).filter((path) => isExecutable(path) && !isFromPackage(path));
  if (name !== "kubeseal" && name !== "goController") return candidates[0];
  return candidates.find((path) => versionOf(path) === `${FILES[name]} version: ${GO_PROJECT_VERSION}`);
}

function inFolders(folders: readonly string[], file: string): string[] {
  return folders.filter((folder) => folder !== "").map((folder) => resolve(folder, file));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isFromPackage(path: string): boolean {
  return [path, realpathSync(path)].some((each) => each.split(sep).includes("node_modules"));
}

function versionOf(program: string): string {
  return spawnSync(program, ["--version"], { encoding: "utf8", timeout: 5_000 }).stdout?.trim() ?? "";
}
