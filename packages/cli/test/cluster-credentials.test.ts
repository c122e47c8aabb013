import { describe, expect, test } from "vitest";
import { authenticate } from "../src/cluster-credentials.ts";
import { CommandError } from "../src/failure.ts";
import type { Io } from "../src/io.ts";
import type { Fields } from "../src/kubeconfig.ts";
import { processIo } from "../src/process-io.ts";

const FILES: Readonly<Record<string, string>> = {
  "/token": "from a file\n",
  "/ca": "ca",
  "/cert": "cert",
  "/key": "key",
};

const base64 = (text: string) => Buffer.from(text).toString("base64");
/** What a login has to say of itself, though it need not be renewed. */
const LOGIN = { "idp-issuer-url": "https://issuer.example", "client-id": "any" };

function credentialsOf(user: Fields, cluster: Fields = {}) {
  const io: Io = processIo(process);
  const read = async (path: string) => Buffer.from(FILES[path] ?? "nothing");
  return authenticate(
    { name: "a", namespace: undefined, cluster, user, userEntry: null },
    { ...io, files: { ...io.files, read } },
  );
}

/** A JSON Web Token that ends then, in seconds since 1970. */
function tokenUntil(exp: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ exp })}.${base64("any")}`;
}

const ID_TOKEN = tokenUntil(4e9);
const plugin = (status: object) => ({
  apiVersion: "client.authentication.k8s.io/v1",
  command: process.execPath,
  args: ["-e", `console.log(${JSON.stringify(JSON.stringify({ status }))})`],
});

describe("who asks", () => {
  test.each<[string, Fields, string | undefined]>([
    ["a token", { token: "t" }, "Bearer t"],
    ["a file with a token", { tokenFile: "/token" }, "Bearer from a file"],
    ["a token and a file with one", { token: "t", tokenFile: "/token" }, "Bearer t"],
    ["an empty token and a file with one", { token: "", tokenFile: "/token" }, "Bearer from a file"],
    ["a password", { username: "ü", password: "a:b" }, `Basic ${base64("ü:a:b")}`],
    ["a name alone", { username: "u" }, `Basic ${base64("u:")}`],
    ["a token and a password", { token: "t", username: "u", password: "p" }, "Bearer t"],
    ["a plugin", { exec: plugin({ token: "p" }) }, "Bearer p"],
    ["a plugin and a token", { exec: plugin({ token: "p" }), token: "t" }, "Bearer t"],
    [
      "an OIDC token that holds",
      { "auth-provider": { name: "oidc", config: { ...LOGIN, "id-token": ID_TOKEN } } },
      `Bearer ${ID_TOKEN}`,
    ],
    ["nothing", {}, undefined],
  ])("is said by %s", async (_what, user, authorization) => {
    expect((await credentialsOf(user)).headers["authorization"]).toBe(authorization);
  });

  test("is shown by the certificate of a file, or embedded, which wins", async () => {
    const files = { "client-certificate": "/cert", "client-key": "/key" };
    expect(texts((await credentialsOf(files)).tls)).toEqual({ cert: "cert", key: "key" });
    const embedded = { "client-certificate-data": base64("c"), "client-key-data": base64("k") };
    expect(texts((await credentialsOf({ ...files, ...embedded })).tls)).toEqual({ cert: "c", key: "k" });
  });

  test("is shown by the certificate that a plugin gives", async () => {
    const exec = plugin({ clientCertificateData: "c", clientKeyData: "k" });
    const { headers, tls } = await credentialsOf({ exec, "client-certificate": "/cert", "client-key": "/key" });
    expect({ headers, tls: texts(tls) }).toEqual({ headers: {}, tls: { cert: "c", key: "k" } });
  });

  test("is not told where a plugin fails", async () => {
    const exec = { ...plugin({}), args: ["-e", "console.error('hunter2'); process.exit(1)"] };
    const error = await credentialsOf({ exec }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(CommandError);
    expect((error as CommandError).failure).toEqual({ code: "credentials_failed", context: "a" });
  });
});

test("whom to trust is said by the cluster", async () => {
  const data = { "certificate-authority-data": base64("d") };
  expect(texts((await credentialsOf({}, { "certificate-authority": "/ca" })).tls)).toEqual({ ca: "ca" });
  expect(texts((await credentialsOf({}, { "certificate-authority": "/ca", ...data })).tls)).toEqual({ ca: "d" });
  const named = { "tls-server-name": "b", "insecure-skip-tls-verify": true };
  expect((await credentialsOf({}, named)).tls).toEqual({ servername: "b", rejectUnauthorized: false });
  expect((await credentialsOf({}, { "insecure-skip-tls-verify": false })).tls).toEqual({});
});

function texts(tls: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(tls).map(([name, value]) => [name, String(value)]));
}
