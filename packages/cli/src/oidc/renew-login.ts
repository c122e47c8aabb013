import { basicAuthorization } from "../basic-authorization.ts";
import { CommandError } from "../failure.ts";
import type { AskIssuer, IssuerAnswer } from "./issuer.ts";
import type { OidcProblem } from "./problem.ts";

/** Who asks which issuer for a new token. */
export interface Renewal {
  readonly issuer: string;
  readonly clientId: string;
  /** Empty where there is none. */
  readonly clientSecret: string;
  readonly refreshToken: string;
}

export interface RenewedLogin {
  readonly idToken: string;
  /** A new one where the issuer takes the old one once only; null where it stays. */
  readonly refreshToken: string | null;
}

/**
 * Has an issuer renew a login (OpenID Connect Core 1.0, 12; RFC 6749, 6).
 *
 * @param context for messages
 * @throws CommandError `oidc` with `renewal_refused`, `issuer_unusable`; `download_failed`
 */
export async function renewLogin(renewal: Renewal, context: string, ask: AskIssuer): Promise<RenewedLogin> {
  const endpoint = await tokenEndpoint(renewal.issuer, context, ask);
  const { status, fields } = await requestTokens(endpoint, renewal, ask);
  if (!isOk(status)) throw refusal({ code: "renewal_refused", context });
  const { id_token: idToken, refresh_token: refreshToken } = fields;
  if (typeof idToken !== "string") throw unusable(endpoint, context);
  const isNew = typeof refreshToken === "string" && refreshToken !== "" && refreshToken !== renewal.refreshToken;
  return { idToken, refreshToken: isNew ? refreshToken : null };
}

/** OpenID Connect Discovery 1.0, 4. */
async function tokenEndpoint(issuer: string, context: string, ask: AskIssuer): Promise<URL> {
  const url = URL.parse(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (url === null) throw refusal({ code: "login_incomplete", context });
  const { status, fields } = await ask(url);
  const { token_endpoint: text } = fields;
  const endpoint = isOk(status) && typeof text === "string" ? URL.parse(text) : null;
  if (endpoint === null) throw unusable(url, context);
  return endpoint;
}

/** Issuers do not agree where a client says who it is: in a header, as all of them should, or in the form. */
async function requestTokens(endpoint: URL, renewal: Renewal, ask: AskIssuer): Promise<IssuerAnswer> {
  const { clientId, clientSecret, refreshToken } = renewal;
  const form = { grant_type: "refresh_token", refresh_token: refreshToken };
  const login = { user: formEncoded(clientId), password: formEncoded(clientSecret) };
  const headers = { authorization: basicAuthorization(login) };
  const answer = await ask(endpoint, { headers, body: new URLSearchParams(form) });
  if (isOk(answer.status)) return answer;
  const client = { client_id: clientId, ...(clientSecret === "" ? {} : { client_secret: clientSecret }) };
  return ask(endpoint, { body: new URLSearchParams({ ...form, ...client }) });
}

/** RFC 6749, 2.3.1. */
function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

function isOk(status: number): boolean {
  return status >= 200 && status < 300;
}

function unusable({ origin, pathname }: URL, context: string): CommandError {
  return refusal({ code: "issuer_unusable", context, url: origin + pathname });
}

function refusal(problem: OidcProblem): CommandError {
  return new CommandError({ code: "oidc", problem });
}
