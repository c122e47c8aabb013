import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Authority } from "../cluster/pki.ts";

/** How a client has to say who it is: in a header, or in the form. */
export type ClientLogin = "header" | "form";

export const CLIENT = { id: "sealwright client", secret: "client:secret" };

/** An OpenID Connect issuer, over TLS: what an API server needs to trust its id-tokens, and what a client needs to renew them. */
export class LoginIssuer {
  /** PEM of whom to trust. */
  readonly certificateAuthority: string;
  /** The refresh-tokens that were shown, in the order in which they were. */
  readonly used: string[] = [];
  clientLogin: ClientLogin = "header";
  /** What it answers instead of tokens. */
  refusal: { readonly status: number; readonly body: object } | null = null;
  readonly #server: Server;
  readonly #key: KeyObject;
  #count = 0;

  private constructor(server: Server, certificateAuthority: string) {
    this.certificateAuthority = certificateAuthority;
    this.#server = server;
    this.#key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    server.on("request", (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<LoginIssuer> {
    const authority = await Authority.create("sealwright-test-issuer");
    const { certificate, key } = await authority.issue({ commonName: "issuer", ipAddresses: ["127.0.0.1"] });
    const server = createServer({ cert: certificate, key }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new LoginIssuer(server, authority.identity.certificate);
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** @param seconds from now until it ends */
  idToken(user: string, seconds: number): string {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: this.url,
      aud: CLIENT.id,
      sub: user,
      groups: ["developers"],
      iat: now - 60,
      exp: now + seconds,
    };
    const signed = [{ alg: "RS256", kid: "one", typ: "JWT" }, claims].map(encoded).join(".");
    return `${signed}.${sign("sha256", Buffer.from(signed), this.#key).toString("base64url")}`;
  }

  /** Of a user. */
  refreshToken(user: string): string {
    this.#count += 1;
    return `refresh/${user}/${this.#count}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await this.#answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  async #answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: object }> {
    switch (request.url) {
      case "/.well-known/openid-configuration":
        return { status: 200, body: this.#discovery() };
      case "/keys":
        return { status: 200, body: { keys: [this.#publicKey()] } };
      case "/token":
        return this.refusal ?? this.#renew(request.headers.authorization, new URLSearchParams(await text(request)));
      default:
        return { status: 404, body: {} };
    }
  }

  #renew(authorization: string | undefined, form: URLSearchParams) {
    const [id, secret] = [CLIENT.id, CLIENT.secret].map((part) =>
      new URLSearchParams({ "": part }).toString().slice(1),
    );
    const isInHeader = authorization === `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    const isInForm = form.get("client_id") === CLIENT.id && form.get("client_secret") === CLIENT.secret;
    if (!(this.clientLogin === "header" ? isInHeader : isInForm))
      return { status: 401, body: { error: "invalid_client" } };
    const token = form.get("refresh_token") ?? "";
    const [, user = ""] = token.split("/");
    if (form.get("grant_type") !== "refresh_token" || user === "") {
      return { status: 400, body: { error: "invalid_grant" } };
    }
    this.used.push(token);
    const body = { token_type: "Bearer", access_token: "any", expires_in: 300 };
    return {
      status: 200,
      body: { ...body, id_token: this.idToken(user, 300), refresh_token: this.refreshToken(user) },
    };
  }

  #discovery() {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    };
  }

  #publicKey() {
    return { ...createPublicKey(this.#key).export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" };
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
