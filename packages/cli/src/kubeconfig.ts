import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { ManifestSyntaxError, readManifests } from "@sealwright/core/kubernetes-yaml";
import { CommandError } from "./failure.ts";
import { inClusterKubeconfig } from "./in-cluster.ts";
import type { Io } from "./io.ts";
import { type KubeconfigOverrides, overrideCluster, overrideUser } from "./kubeconfig-overrides.ts";
import { decodeText } from "./text.ts";

/** Which kubeconfig, and which of its contexts, where the flags say so. */
export interface KubeconfigRequest {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly overrides?: KubeconfigOverrides;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What kubeconfig files say, by name. Paths in it are absolute. */
export interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Fields>;
  readonly clusters: ReadonlyMap<string, Fields>;
  readonly users: ReadonlyMap<string, Fields>;
  /** The files that they stand in. */
  readonly userFiles: ReadonlyMap<string, string>;
}

/** Where a user stands. */
export interface UserEntry {
  /** The kubeconfig. */
  readonly path: string;
  readonly name: string;
}

/** One context of a kubeconfig, with the cluster and user that it names. */
export interface KubeContext {
  /** Empty where flags alone say which server to ask. */
  readonly name: string;
  readonly namespace: string | undefined;
  readonly cluster: Fields;
  readonly user: Fields;
  /** Null where no file says it. */
  readonly userEntry: UserEntry | null;
}

/**
 * The context to use, as kubectl finds it: `--kubeconfig`, else the files of `KUBECONFIG` (the first to say something wins), else
 * `~/.kube/config`, else the Pod's ServiceAccount.
 *
 * @returns null where there is none of these, or no current context in them and no override that names a server
 * @throws CommandError `file_unreadable`, `kubeconfig_invalid`, `context_unknown`, `kubeconfig_entry_unknown`
 */
export async function findContext(request: KubeconfigRequest, io: Io): Promise<KubeContext | null> {
  const { overrides = NO_OVERRIDES } = request;
  const loaded = (await load(request.kubeconfig, io)) ?? EMPTY;
  const name = request.context ?? loaded.currentContext;
  const context = name === undefined ? {} : loaded.contexts.get(name);
  if (context === undefined) throw new CommandError({ code: "context_unknown", context: name ?? "" });
  const cluster = entryOf(loaded.clusters, "cluster", overrides.clusterName, context);
  const user = entryOf(loaded.users, "user", overrides.userName, context);
  if (name === undefined && cluster === undefined && overrides.cluster["server"] === undefined) return null;
  return {
    name: name ?? "",
    namespace: textOf(context["namespace"]),
    cluster: overrideCluster(cluster ?? {}, overrides.cluster),
    user: overrideUser(user ?? {}, overrides.user),
    userEntry: userEntryOf(loaded, overrides.userName ?? textOf(context["user"]) ?? ""),
  };
}

function userEntryOf({ userFiles }: Kubeconfig, name: string): UserEntry | null {
  const path = userFiles.get(name);
  return path === undefined ? null : { path, name };
}

/** The names of all contexts. Throws as `findContext` does. */
export async function contextNames(kubeconfig: string | undefined, io: Io): Promise<readonly string[]> {
  return [...((await load(kubeconfig, io)) ?? EMPTY).contexts.keys()];
}

const EMPTY: Kubeconfig = {
  currentContext: undefined,
  contexts: new Map(),
  clusters: new Map(),
  users: new Map(),
  userFiles: new Map(),
};
const NO_OVERRIDES: KubeconfigOverrides = { clusterName: undefined, userName: undefined, cluster: {}, user: {} };

/** The entry that a flag names must be there; the one that the context names need not. */
function entryOf(
  entries: ReadonlyMap<string, Fields>,
  kind: "cluster" | "user",
  asked: string | undefined,
  context: Fields,
): Fields | undefined {
  const found = entries.get(asked ?? textOf(context[kind]) ?? "");
  if (found === undefined && asked !== undefined) {
    throw new CommandError({ code: "kubeconfig_entry_unknown", kind, name: asked });
  }
  return found;
}

/** Files that say nothing at all are as good as none. */
async function load(explicit: string | undefined, io: Io): Promise<Kubeconfig | null> {
  if (explicit !== undefined) return read(explicit, io);
  const files = await Promise.all(defaultPaths(io.env).map((path) => readIfThere(path, io)));
  const merged = files.reduceRight<Kubeconfig>((later, earlier) => merge(earlier ?? EMPTY, later), EMPTY);
  const saysNothing = merged.contexts.size + merged.clusters.size === 0 && merged.currentContext === undefined;
  return saysNothing ? inClusterKubeconfig(io) : merged;
}

function defaultPaths(env: Io["env"]): readonly string[] {
  const declared = env["KUBECONFIG"]?.split(delimiter).filter((path) => path !== "") ?? [];
  if (declared.length > 0) return declared;
  const home = env["HOME"] ?? env["USERPROFILE"];
  return home === undefined || home === "" ? [] : [join(home, ".kube", "config")];
}

async function readIfThere(path: string, io: Io): Promise<Kubeconfig | null> {
  try {
    return await read(path, io);
  } catch (error) {
    const failure = error instanceof CommandError ? error.failure : null;
    if (failure?.code === "file_unreadable" && failure.fault === "ENOENT") return null;
    throw error;
  }
}

async function read(path: string, io: Io): Promise<Kubeconfig> {
  const fields = parse(path, await io.files.read(path));
  const folder = dirname(io.files.resolve(path));
  const users = byName(path, fields, "users", "user");
  return {
    currentContext: textOf(fields["current-context"]),
    contexts: byName(path, fields, "contexts", "context"),
    clusters: mapValues(byName(path, fields, "clusters", "cluster"), (cluster) =>
      withAbsolutePaths(cluster, folder, ["certificate-authority"]),
    ),
    users: mapValues(users, (user) =>
      withAbsolutePaths(user, folder, ["client-certificate", "client-key", "tokenFile"]),
    ),
    userFiles: mapValues(users, () => path),
  };
}

function parse(path: string, bytes: Uint8Array): Fields {
  const text = decodeText(bytes);
  if (text === null) throw invalid(path, "it is not UTF-8");
  try {
    const [document] = readManifests(text);
    return fieldsOf(document?.value ?? {}) ?? fail(invalid(path, "it is not a mapping"));
  } catch (error) {
    if (error instanceof ManifestSyntaxError) throw invalid(path, error.message);
    throw error;
  }
}

/** A kubeconfig's lists are of `{name, <content>}`. */
function byName(path: string, fields: Fields, list: string, content: string): ReadonlyMap<string, Fields> {
  const entries = fields[list] ?? [];
  if (!Array.isArray(entries)) throw invalid(path, `${list} is not a list`);
  const named = entries.map((entry: unknown) => {
    const { name, [content]: value } = fieldsOf(entry) ?? {};
    const named = [textOf(name), fieldsOf(value ?? {})] as const;
    return named[0] === undefined || named[1] === undefined
      ? fail(invalid(path, `an entry of ${list} has no name or no ${content}`))
      : ([named[0], named[1]] as const);
  });
  return firstWins(named);
}

function merge(earlier: Kubeconfig, later: Kubeconfig): Kubeconfig {
  return {
    currentContext: earlier.currentContext ?? later.currentContext,
    contexts: firstWins([...earlier.contexts, ...later.contexts]),
    clusters: firstWins([...earlier.clusters, ...later.clusters]),
    users: firstWins([...earlier.users, ...later.users]),
    userFiles: firstWins([...earlier.userFiles, ...later.userFiles]),
  };
}

function firstWins<V>(entries: readonly (readonly [string, V])[]): ReadonlyMap<string, V> {
  return new Map(entries.toReversed());
}

function mapValues<V, W>(map: ReadonlyMap<string, V>, change: (value: V) => W): ReadonlyMap<string, W> {
  return new Map([...map].map(([name, value]) => [name, change(value)]));
}

function withAbsolutePaths(fields: Fields, folder: string, names: readonly string[]): Fields {
  const paths = names.flatMap((name) => {
    const path = textOf(fields[name]);
    return path === undefined || isAbsolute(path) ? [] : [[name, resolve(folder, path)]];
  });
  return { ...fields, ...Object.fromEntries(paths) };
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** An empty text says nothing, as in kubectl. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What a field says, embedded or in a file that it names. Embedded data wins over a file. @throws CommandError `file_unreadable` */
export async function bytesOf(fields: Fields, name: string, io: Io): Promise<Buffer | undefined> {
  const data = textOf(fields[`${name}-data`]);
  if (data !== undefined) return Buffer.from(data, "base64");
  const path = textOf(fields[name]);
  return path === undefined ? undefined : Buffer.from(await io.files.read(path));
}

function invalid(path: string, reason: string): CommandError {
  return new CommandError({ code: "kubeconfig_invalid", path, reason });
}

function fail(error: Error): never {
  throw error;
}
