import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Dispatcher } from "undici";
import type { TlsOptions } from "./cluster-dispatcher.ts";
import { environmentProxy } from "./environment-proxy.ts";
import { CommandError } from "./failure.ts";
import { faultOf } from "./fault.ts";
import type { Io } from "./io.ts";
import type { Fields, KubeContext } from "./kubeconfig.ts";

/** What every request to an API server carries. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** With the client's certificate and the authority to trust, through a proxy where there is one. */
  readonly dispatcher: Dispatcher;
}

/**
 * Makes a context's credentials ready. `@kubernetes/client-node` does what is hard, authentication in all its kinds; it takes a
 * quarter of a second to load, so that nothing else may need it. How to get to the server is for `cluster-dispatcher.ts`.
 *
 * @throws CommandError `credentials_failed`, `auth_provider_removed`, `oidc`, `download_failed`, `proxy_invalid`, `file_unreadable`
 */
export async function authenticate(context: KubeContext, server: URL, io: Io): Promise<Credentials> {
  refuseRemovedProviders(context);
  const [config, { dispatcherFor }] = await Promise.all([
    kubeConfigOf(context, server, io),
    import("./cluster-dispatcher.ts"),
  ]);
  const headers: Record<string, string | string[]> = { ...impersonationOf(context.user) };
  let tls: TlsOptions = {};
  // The client's own dispatchers know no login at a SOCKS proxy, and take the name in the URL for the one to expect.
  config.createDispatcherOptions = (_cluster, options) => {
    tls = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    return { type: "none" };
  };
  try {
    await config.applySecurityAuthentication({
      setHeaderParam: (name: string, value: string) => {
        headers[name.toLowerCase()] = value;
      },
    } as unknown as Parameters<KubeConfig["applySecurityAuthentication"]>[0]);
  } catch (cause) {
    throw credentialFailure(context, cause);
  }
  const declared = context.cluster["proxy-url"];
  const proxy = typeof declared === "string" && declared !== "" ? declared : environmentProxy(server, io.env);
  return { headers, dispatcher: dispatcherFor({ proxy: proxy ?? undefined, tls }) };
}

/** What still is one; the others are programs of their own now. */
const AUTH_PROVIDERS: ReadonlySet<string> = new Set(["oidc"]);

function refuseRemovedProviders({ name, user }: KubeContext): void {
  const provider = (user["auth-provider"] as { name?: unknown } | null | undefined)?.name;
  if (provider === undefined || AUTH_PROVIDERS.has(String(provider))) return;
  throw new CommandError({ code: "auth_provider_removed", context: name, provider: String(provider) });
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
  delete cluster["proxy-url"];
  const user = preferData(await withToken(context, io), ["client-certificate", "client-key"]);
  config.loadFromString(
    JSON.stringify({
      clusters: [{ name: "cluster", cluster }],
      users: [{ name: "user", user: withoutImpersonation(user) }],
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

async function withToken(context: KubeContext, io: Io): Promise<Fields> {
  const { tokenFile, "auth-provider": provider, ...rest } = context.user;
  if (rest["token"] !== undefined) return rest;
  if (typeof tokenFile === "string") {
    return { ...rest, token: new TextDecoder().decode(await io.files.read(tokenFile)).trim() };
  }
  if (provider === undefined || rest["username"] !== undefined) return rest;
  const { oidcToken } = await import("./oidc/oidc-token.ts");
  return { ...rest, token: await oidcToken(context, io) };
}

/** The headers of acting as somebody else; the client knows only the first of them. */
function impersonationOf(user: Fields): Readonly<Record<string, string | string[]>> {
  const { as, "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = user;
  if (typeof as !== "string" || as === "") return {};
  return {
    "impersonate-user": as,
    ...(typeof uid === "string" && uid !== "" ? { "impersonate-uid": uid } : {}),
    ...(Array.isArray(groups) ? { "impersonate-group": groups.map(String) } : {}),
    ...Object.fromEntries(
      Object.entries((extra ?? {}) as Fields).map(([key, values]) => [
        `impersonate-extra-${encodeURIComponent(key.toLowerCase())}`,
        Array.isArray(values) ? values.map(String) : [],
      ]),
    ),
  };
}

function withoutImpersonation({ as: _as, ...user }: Fields): Fields {
  return user;
}
