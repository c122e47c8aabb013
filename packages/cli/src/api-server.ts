import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Dispatcher } from "undici";
import { networkFault, REQUEST_TIMEOUT, readBounded } from "./download.ts";
import { CommandError } from "./failure.ts";
import { faultOf } from "./fault.ts";
import type { Io } from "./io.ts";
import type { Fields, KubeContext } from "./kubeconfig.ts";

/** An answer of the API server, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** GETs from one API server. */
export interface ApiServer {
  /** @throws CommandError `cluster_unreachable` */
  get(path: string): Promise<Answer>;
  close(): Promise<void>;
}

interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher | undefined;
}

/**
 * Prepares requests to a context's API server; none is made yet. `@kubernetes/client-node` does what is hard, authentication in all
 * its kinds; it takes a quarter of a second to load, so that nothing else may need it.
 *
 * @throws CommandError `context_incomplete`, `credentials_failed`, `file_unreadable`
 */
export async function connect(context: KubeContext, io: Io): Promise<ApiServer> {
  const server = serverOf(context);
  const [{ request }, credentials] = await Promise.all([import("undici"), authenticate(context, server, io)]);
  return {
    async get(path) {
      try {
        const response = await request(`${server.href.replace(/\/+$/, "")}${path}`, {
          headers: { accept: "*/*", "user-agent": "sealwright", ...credentials.headers },
          signal: io.clock.timeout(REQUEST_TIMEOUT),
          ...(credentials.dispatcher === undefined ? {} : { dispatcher: credentials.dispatcher }),
        });
        return { status: response.statusCode, body: await readBounded(response.body) };
      } catch (cause) {
        const fault = networkFault(cause);
        throw new CommandError({ code: "cluster_unreachable", server: server.origin, fault }, { cause });
      }
    },
    close: async () => credentials.dispatcher?.destroy(),
  };
}

function serverOf({ name, cluster }: KubeContext): URL {
  const server = cluster?.["server"];
  const url = typeof server === "string" ? URL.parse(server) : null;
  if (url === null) throw new CommandError({ code: "context_incomplete", context: name });
  return url;
}

async function authenticate(context: KubeContext, server: URL, io: Io): Promise<Credentials> {
  const config = await kubeConfigOf(context, server, io);
  const headers: Record<string, string> = {};
  let dispatcher: Dispatcher | undefined;
  try {
    await config.applySecurityAuthentication({
      setHeaderParam: (name: string, value: string) => {
        headers[name.toLowerCase()] = value;
      },
      setDispatcher: (made: Dispatcher) => {
        dispatcher = made;
      },
    } as unknown as Parameters<KubeConfig["applySecurityAuthentication"]>[0]);
  } catch (cause) {
    throw credentialFailure(context, cause);
  }
  return { headers, dispatcher };
}

/** A file that is missing is named; what a credential plugin says is not quoted, for it may hold the credential. */
function credentialFailure({ name }: KubeContext, cause: unknown): CommandError {
  const { syscall, path } = (cause ?? {}) as { syscall?: unknown; path?: unknown };
  if (syscall === "open" && typeof path === "string") {
    return new CommandError({ code: "file_unreadable", path, fault: faultOf(cause) }, { cause });
  }
  return new CommandError({ code: "credentials_failed", context: name }, { cause });
}

/** The one context as the client reads it, with its differences from kubectl evened out. */
async function kubeConfigOf(context: KubeContext, server: URL, io: Io): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  const cluster = preferData({ ...context.cluster, server: server.href }, ["certificate-authority"]);
  // The client insists that without TLS its certificates be ignored by name.
  if (server.protocol === "http:") cluster["insecure-skip-tls-verify"] = true;
  const user = preferData(await withTokenOfFile(context.user, io), ["client-certificate", "client-key"]);
  config.loadFromString(
    JSON.stringify({
      clusters: [{ name: "cluster", cluster }],
      users: [{ name: "user", user }],
      contexts: [{ name: "context", context: { cluster: "cluster", user: "user" } }],
      "current-context": "context",
    }),
  );
  return config;
}

/** Where both are given, embedded data wins over a file. */
function preferData(fields: Fields, names: readonly string[]): Record<string, unknown> {
  const overruled = names.filter((name) => fields[`${name}-data`] !== undefined);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !overruled.includes(name)));
}

async function withTokenOfFile(user: Fields, io: Io): Promise<Fields> {
  const { tokenFile, ...rest } = user;
  if (typeof tokenFile !== "string" || rest["token"] !== undefined) return rest;
  return { ...rest, token: new TextDecoder().decode(await io.files.read(tokenFile)).trim() };
}
