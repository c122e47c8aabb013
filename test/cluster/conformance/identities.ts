import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ApiClient } from "../api-client.ts";
import type { Cluster } from "../cluster.ts";
import { Caller } from "./caller.ts";

const REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const ACCOUNTS = "/api/v1/namespaces/identities/serviceaccounts";

interface Kubeconfig {
  readonly "current-context": string;
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

/** Who may ask, and what the server thinks who it is. */
export function identities(caller: Caller, cluster: () => Cluster): void {
  /** Asks with other credentials than the administrator's. */
  const as = async <T>(credentials: object, ask: (caller: Caller) => Promise<T>): Promise<T> => {
    const { server, certificateAuthority } = cluster();
    const client = new ApiClient({ server, certificateAuthority, ...credentials });
    try {
      return await ask(new Caller(() => client));
    } finally {
      await client.close();
    }
  };
  const whoAmI = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const userOf = async (asker: Caller) => {
    const { status, body } = await asker.call("POST", REVIEWS, { body: whoAmI });
    expect(status).toBe(201);
    return (body as unknown as { status: { userInfo: object } }).status.userInfo;
  };

  test("the administrator is one", async () => {
    expect(await userOf(caller)).toMatchObject({
      groups: expect.arrayContaining(["system:masters", "system:authenticated"]),
    });
  });

  test("the kubeconfig is the administrator's", async () => {
    const kubeconfig = parse(cluster().adminKubeconfig) as Kubeconfig;
    expect(kubeconfig["current-context"]).toBe("sealwright");
    expect(kubeconfig.clusters[0]?.cluster).toMatchObject({ server: cluster().server });
    const user = kubeconfig.users[0]?.user ?? {};
    const text = (field: string) => Buffer.from(user[field] ?? "", "base64").toString();
    const clientCertificate = { certificate: text("client-certificate-data"), key: text("client-key-data") };
    const groups = expect.arrayContaining(["system:masters"]);
    expect(await as({ clientCertificate }, userOf)).toMatchObject({ groups });
  });

  describe("a token of a ServiceAccount", () => {
    test("makes the account and its namespace, and speaks for it", async () => {
      const token = await cluster().serviceAccountToken("identities", "robot");
      const { metadata } = (await caller.call("GET", `${ACCOUNTS}/robot`)).body;
      expect(await as({ token }, userOf)).toMatchObject({
        username: "system:serviceaccount:identities:robot",
        uid: metadata.uid,
        groups: ["system:serviceaccounts", "system:serviceaccounts:identities", "system:authenticated"],
      });
    });

    test("ends with the account", async () => {
      const token = await cluster().serviceAccountToken("identities", "mortal");
      await caller.call("DELETE", `${ACCOUNTS}/mortal`);
      const answer = () => as({ token }, (robot) => robot.call("GET", "/api/v1/namespaces"));
      // The real server believes a token for some seconds without looking again.
      await expect.poll(answer, { timeout: 30_000 }).toMatchObject({ status: 401, reason: "Unauthorized" });
    });

    test("is recognised for others", async () => {
      const token = await cluster().serviceAccountToken("identities", "reviewed");
      const review = (spec: object) =>
        caller.call("POST", "/apis/authentication.k8s.io/v1/tokenreviews", { body: { spec } });
      const known = await review({ token });
      expect(known.body).toMatchObject({ status: { authenticated: true } });
      expect((await review({ token: "nonsense" })).body["status"]).not.toHaveProperty("authenticated");
    });

    test("lasts as long as was asked, but not less than ten minutes", async () => {
      await cluster().serviceAccountToken("identities", "asked");
      const request = (expirationSeconds: number) => {
        return caller.call("POST", `${ACCOUNTS}/asked/token`, { body: { spec: { expirationSeconds } } });
      };
      const long = await request(3600);
      expect(long).toMatchObject({ status: 201, body: { kind: "TokenRequest", spec: { expirationSeconds: 3600 } } });
      const causes = ["spec.expirationSeconds: FieldValueInvalid"];
      expect(await request(5)).toMatchObject({ status: 422, reason: "Invalid", causes });
    });

    test("needs an account", async () => {
      const answer = await caller.call("POST", `${ACCOUNTS}/nobody/token`, { body: { spec: {} } });
      expect(answer).toMatchObject({ status: 404, reason: "NotFound" });
    });
  });

  test("a token that is none is refused, wherever it is shown", async () => {
    for (const path of ["/api/v1/namespaces", "/version", "/healthz"]) {
      const answer = await as({ token: "nonsense" }, (nobody) => nobody.call("GET", path));
      expect(answer).toMatchObject({ status: 401, reason: "Unauthorized" });
    }
  });

  test("nobody in particular sees only that the server is there", async () => {
    const get = (path: string) => as({}, (nobody) => nobody.call("GET", path));
    expect((await get("/version")).status).toBe(200);
    expect(await get("/healthz")).toMatchObject({ status: 200, text: "ok" });
    expect(await get("/readyz")).toMatchObject({ status: 200, text: "ok" });
    expect(await get("/api")).toMatchObject({ status: 403, reason: "Forbidden" });
    expect(await get("/api/v1/namespaces")).toMatchObject({ status: 403, reason: "Forbidden" });
  });

  test("the administrator may do everything, and is told so", async () => {
    const spec = { resourceAttributes: { verb: "delete", resource: "secrets", namespace: "kube-system" } };
    const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    expect(await caller.call("POST", path, { body: { spec } })).toMatchObject({
      status: 201,
      body: { status: { allowed: true } },
    });
  });
}
