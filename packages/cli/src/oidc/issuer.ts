import type { Dispatcher } from "undici";
import { networkFault, readBounded, withoutSecrets } from "../download.ts";
import { environmentProxy } from "../environment-proxy.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";

/** Milliseconds until an answer must be complete. */
const REQUEST_TIMEOUT = 10_000;

/** An answer of an issuer: its JSON object, or nothing where it is none. */
export interface IssuerAnswer {
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface IssuerRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** Posted where there is one. */
  readonly body?: URLSearchParams;
}

/** Requests to an OpenID Connect issuer. @throws CommandError `download_failed` */
export type AskIssuer = (url: URL, request?: IssuerRequest) => Promise<IssuerAnswer>;

/** @param ca the authority to trust, as PEM; undefined is whom the system trusts */
export async function issuerClient(ca: Buffer | undefined, io: Io): Promise<AskIssuer> {
  const { Agent, ProxyAgent, fetch } = await import("undici");
  const tls = ca === undefined ? {} : { ca };
  const dispatcherTo = (url: URL): Dispatcher => {
    const proxy = environmentProxy(url, io.env);
    return proxy === null ? new Agent({ connect: tls }) : new ProxyAgent({ uri: proxy, requestTls: tls });
  };
  return async (url, { headers = {}, body } = {}) => {
    const dispatcher = dispatcherTo(url);
    try {
      const signal = io.clock.timeout(REQUEST_TIMEOUT);
      const method = body === undefined ? "GET" : "POST";
      const init = { method, headers: { accept: "application/json", ...headers }, dispatcher, signal };
      const response = await fetch(url, { ...init, ...(body === undefined ? {} : { body }) });
      return { status: response.status, fields: fieldsOf(await readBounded(response.body ?? [])) };
    } catch (cause) {
      throw new CommandError(
        { code: "download_failed", url: withoutSecrets(url), fault: networkFault(cause) },
        { cause },
      );
    } finally {
      await dispatcher.destroy();
    }
  };
}

function fieldsOf(json: Uint8Array): IssuerAnswer["fields"] {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(json));
    return typeof value === "object" && value !== null ? (value as IssuerAnswer["fields"]) : {};
  } catch {
    return {};
  }
}
