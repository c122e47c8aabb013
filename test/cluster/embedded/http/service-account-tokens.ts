import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { asObject, asString, type Json, type JsonObject } from "../json.ts";

export const AUDIENCE = "https://kubernetes.default.svc";

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface ServiceAccountToken extends ServiceAccount {
  /** The token's own identifier. */
  readonly id: string;
}

/** Makes and reads the tokens of ServiceAccounts: JWTs that only this server can check. */
export class ServiceAccountTokens {
  readonly #key = randomBytes(32);

  issue({ namespace, name, uid }: ServiceAccount, expires: Date): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      aud: [AUDIENCE],
      exp: Math.floor(expires.getTime() / 1000),
      iat: now,
      nbf: now,
      iss: AUDIENCE,
      jti: randomUUID(),
      "kubernetes.io": { namespace, serviceaccount: { name, uid } },
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const body = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
    return `${body}.${this.#sign(body).toString("base64url")}`;
  }

  /** Whose token it is; null where it is none of this server's, or has expired. */
  read(token: string): ServiceAccountToken | null {
    const [header = "", claims = "", signature = ""] = token.split(".");
    const expected = this.#sign(`${header}.${claims}`);
    const actual = Buffer.from(signature, "base64url");
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return null;
    const {
      exp,
      jti,
      "kubernetes.io": account,
    } = asObject(JSON.parse(Buffer.from(claims, "base64url").toString()) as Json);
    if (typeof exp !== "number" || exp * 1000 < Date.now()) return null;
    const { namespace, serviceaccount } = asObject(account);
    const { name, uid } = asObject(serviceaccount);
    return { namespace: asString(namespace), name: asString(name), uid: asString(uid), id: asString(jti) };
  }

  #sign(body: string): Buffer {
    return createHmac("sha256", this.#key).update(body).digest();
  }
}

function encode(part: JsonObject): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
