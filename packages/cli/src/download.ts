import { basicAuthorization } from "./basic-authorization.ts";
import { CommandError } from "./failure.ts";
import type { Io } from "./io.ts";

/** Milliseconds until an answer must be complete. */
const REQUEST_TIMEOUT = 10_000;

/** Bytes. A certificate has a few thousand; whoever sends more is not what was asked for. */
const LARGEST_BODY = 1024 * 1024;

/**
 * GETs an `http:` or `https:` URL, through the proxy that the environment names, redirects followed.
 *
 * @throws CommandError `download_failed`, `download_status`
 */
export async function download(url: URL, io: Io): Promise<Uint8Array> {
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const shown = withoutSecrets(url);
  let dispatcher: InstanceType<typeof EnvHttpProxyAgent> | undefined;
  try {
    dispatcher = new EnvHttpProxyAgent(proxiesOf(io.env));
    const { bare, headers } = splitCredentials(url);
    const response = await fetch(bare, { headers, dispatcher, signal: io.clock.timeout(REQUEST_TIMEOUT) });
    if (!response.ok) throw new CommandError({ code: "download_status", url: shown, status: response.status });
    return await readBounded(response.body ?? []);
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError({ code: "download_failed", url: shown, fault: networkFault(cause) }, { cause });
  } finally {
    await dispatcher?.destroy();
  }
}

/** Reads a body to its end, unless it is longer than so many bytes: then it throws an error with the code `TOO_LARGE`. */
export async function readBounded(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limit = LARGEST_BODY,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) throw Object.assign(new Error("the body is too long"), { code: "TOO_LARGE" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What went wrong on the way, as the code that Node, OpenSSL or undici give it: `ECONNREFUSED`, `TimeoutError`, ... */
export function networkFault(error: unknown): string {
  const { name, code, cause, message } = (error ?? {}) as Readonly<
    Record<"name" | "code" | "cause" | "message", unknown>
  >;
  if (code === "UND_ERR_ABORTED" && /^Proxy response/.test(String(message))) return "PROXY_REFUSED";
  if (name === "TimeoutError" || name === "AbortError") return "TimeoutError";
  if (typeof code === "string") return code;
  return cause === undefined ? "unknown" : networkFault(cause);
}

/** A URL as a message may show it: a user, a query and a fragment can be what grants access. */
export function withoutSecrets({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/** `fetch` takes no URL with a user in it. */
function splitCredentials(url: URL): { readonly bare: URL; readonly headers: Record<string, string> } {
  if (url.username === "" && url.password === "") return { bare: url, headers: {} };
  const login = { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return { bare, headers: { authorization: basicAuthorization(login) } };
}

function proxiesOf(env: Io["env"]) {
  return {
    httpProxy: env["http_proxy"] ?? env["HTTP_PROXY"] ?? "",
    httpsProxy: env["https_proxy"] ?? env["HTTPS_PROXY"] ?? "",
    noProxy: env["no_proxy"] ?? env["NO_PROXY"] ?? "",
  };
}
