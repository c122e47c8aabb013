import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { ApiError, unauthorized } from "../api-error.ts";
import type { Store } from "../store/store.ts";
import type { ServiceAccountTokens } from "./service-account-tokens.ts";

export interface User {
  readonly username: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, string[]>>;
}

const ANONYMOUS: User = { username: "system:anonymous", groups: ["system:unauthenticated"] };

/** Paths that anybody may read. */
const PUBLIC_PATHS = ["/healthz", "/livez", "/readyz", "/version"];

export interface AuthenticatorOptions {
  /** The administrator's bearer token. */
  readonly adminToken: string;
  readonly tokens: ServiceAccountTokens;
  readonly store: Store;
}

/** Finds out who asks: by client certificate, by bearer token, or nobody. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Throws a 401 for a token that is none, and a 403 where somebody without any credentials asks for more than `PUBLIC_PATHS`. */
  authenticate(message: IncomingMessage): User {
    const user = this.#byCertificate(message) ?? this.#byToken(message.headers.authorization);
    if (user !== null) return user;
    const [path = ""] = (message.url ?? "").split("?");
    if (PUBLIC_PATHS.includes(path)) return ANONYMOUS;
    const verb = (message.method ?? "GET").toLowerCase();
    const why = `forbidden: User "${ANONYMOUS.username}" cannot ${verb} path "${path}"`;
    throw new ApiError(403, "Forbidden", why, {});
  }

  /** Who holds a bearer token; null where it is none. */
  userOfToken(token: string): User | null {
    const { adminToken, tokens, store } = this.#options;
    if (token === adminToken) return { username: "admin", groups: ["system:masters", "system:authenticated"] };
    const account = tokens.read(token);
    if (account === null) return null;
    const { namespace, name, uid, id } = account;
    if (store.collection("serviceaccounts").get(namespace, name)?.metadata.uid !== uid) return null;
    return {
      username: `system:serviceaccount:${namespace}:${name}`,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      uid,
      extra: { "authentication.kubernetes.io/credential-id": [`JTI=${id}`] },
    };
  }

  #byCertificate({ socket }: IncomingMessage): User | null {
    if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
    const { subject } = socket.getPeerCertificate();
    if (subject?.CN === undefined) return null;
    const organizations = [subject.O ?? []].flat();
    return { username: String(subject.CN), groups: [...organizations, "system:authenticated"] };
  }

  #byToken(authorization: string | undefined): User | null {
    const [, token] = /^Bearer (.+)$/i.exec(authorization ?? "") ?? [];
    if (token === undefined) return null;
    const user = this.userOfToken(token);
    if (user === null) throw unauthorized();
    return user;
  }
}
