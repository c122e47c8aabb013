import type { RequestOptions } from "node:https";
import { basicAuthorization } from "./basic-authorization.ts";
import type { TlsOptions } from "./cluster-agent.ts";
import { CommandError } from "./failure.ts";
import type { Io } from "./io.ts";
import { bytesOf, type Fields, type KubeContext, textOf } from "./kubeconfig.ts";

/** What every request to an API server carries. */
export interface Credentials {
  readonly headers: Headers;
  /** The client's certificate, and the authority to trust. */
  readonly tls: TlsOptions;
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

/**
 * Makes a context's credentials ready. A plugin is run by `@kubernetes/client-node`; what stands in the kubeconfig, or in a file that it
 * names, needs nobody.
 *
 * @throws CommandError `credentials_failed`, `auth_provider_removed`, `oidc`, `download_failed`, `file_unreadable`
 */
export async function authenticate(context: KubeContext, io: Io): Promise<Credentials> {
  refuseRemovedProviders(context);
  const { cluster, user } = context;
  const [ca, cert, key, authorization] = await Promise.all([
    bytesOf(cluster, "certificate-authority", io),
    bytesOf(user, "client-certificate", io),
    bytesOf(user, "client-key", io),
    authorizationOf(context, io),
  ]);
  const acquired = await acquire(context);
  const headers = { ...acquired.headers, ...given({ authorization }), ...impersonationOf(user) };
  const servername = textOf(cluster["tls-server-name"]);
  const rejectUnauthorized = cluster["insecure-skip-tls-verify"] === true ? false : undefined;
  return { headers, tls: { ...given({ ca, cert, key, servername, rejectUnauthorized }), ...acquired.tls } };
}

/** What still is one; the others are programs of their own now. */
const AUTH_PROVIDERS: ReadonlySet<string> = new Set(["oidc"]);

function refuseRemovedProviders({ name, user }: KubeContext): void {
  const provider = (user["auth-provider"] as { name?: unknown } | null | undefined)?.name;
  if (provider === undefined || AUTH_PROVIDERS.has(String(provider))) return;
  throw new CommandError({ code: "auth_provider_removed", context: name, provider: String(provider) });
}

/** A token wins over a password, and either over a login that may have to be renewed. */
async function authorizationOf(context: KubeContext, io: Io): Promise<string | undefined> {
  const { token, tokenFile, username, password, "auth-provider": provider } = context.user;
  const path = textOf(tokenFile);
  const bearer = textOf(token) ?? (path === undefined ? undefined : (await readText(path, io)).trim());
  if (bearer !== undefined) return `Bearer ${bearer}`;
  const user = textOf(username);
  if (user !== undefined) return basicAuthorization({ user, password: textOf(password) ?? "" });
  if (!provider) return undefined;
  const { oidcToken } = await import("./oidc/oidc-token.ts");
  return `Bearer ${await oidcToken(context, io)}`;
}

async function readText(path: string, io: Io): Promise<string> {
  return new TextDecoder().decode(await io.files.read(path));
}

/** What a plugin gives. It is not quoted where it fails, for what it says may hold the credential. */
async function acquire({ name, user }: KubeContext): Promise<Partial<Credentials>> {
  const { exec } = user;
  if (!exec) return {};
  const options: RequestOptions & { headers: Record<string, string> } = { headers: {} };
  try {
    const { ExecAuth } = await import("@kubernetes/client-node/dist/exec_auth.js");
    await new ExecAuth().applyAuthentication({ name: "user", exec }, options);
  } catch (cause) {
    throw new CommandError({ code: "credentials_failed", context: name }, { cause });
  }
  const { headers, cert, key } = options;
  const named = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value] as const);
  return { headers: Object.fromEntries(named), tls: given({ cert, key }) };
}

/** The headers of acting as somebody else. */
function impersonationOf(user: Fields): Headers {
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

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Without what is undefined. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
