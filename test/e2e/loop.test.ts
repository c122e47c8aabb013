import { createSealingKey, readCertificate, readSecret, type SealedSecret, seal } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyManifests, type Manifest } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { clusterMakers } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { withKubeconfigFile } from "../programs/kubeconfig-file.ts";
import { leaksOf } from "../programs/leaks.ts";
import { runSealwright } from "../programs/sealwright.ts";

const SEALED = "/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets";
const SECRETS = "/api/v1/namespaces/shop/secrets";
const PASSWORD = "s3cret-of-this-suite";

interface Observed {
  readonly metadata: { readonly generation: number; readonly resourceVersion: string; readonly uid: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
      readonly message: string;
    }[];
  };
}

/** Where a sealed value begins: behind the length of the encapsulated key, and the key, which is as long as the sealing key of 2048 bits. */
const VALUE = 2 + 2048 / 8;

describe.each(clusterMakers())("the loop on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let controller: Controller;

  beforeAll(async () => {
    cluster = await startCluster();
    controller = await startController(cluster);
    await applyManifests(cluster, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }]);
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  const certificate = async () => readCertificate(await (await fetch(`${controller.url}/v1/cert.pem`)).text());
  const plain = (name: string, stringData: Record<string, string> = { password: PASSWORD }) =>
    readSecret({ apiVersion: "v1", kind: "Secret", metadata: { namespace: "shop", name }, stringData });
  const sealed = async (name: string, stringData?: Record<string, string>) =>
    seal(plain(name, stringData), { certificate: await certificate() });
  const apply = (object: unknown) => applyManifests(cluster, [object as Manifest]);
  const observed = async (name: string) => (await cluster.admin.expectOk("GET", `${SEALED}/${name}`)) as Observed;
  const secret = async (name: string) => {
    const answer = await cluster.admin.request("GET", `${SECRETS}/${name}`);
    return answer.status === 200
      ? (answer.json() as Manifest & { data: Record<string, string>; type: string })
      : undefined;
  };
  /** The condition that speaks of the object as it is now. */
  const synced = (name: string, status: "True" | "False") =>
    until(
      async () => {
        const { metadata, status: current } = await observed(name);
        const condition = current?.conditions?.[0];
        return current?.observedGeneration === metadata.generation && condition?.status === status && condition;
      },
      { what: `${name} to be Synced ${status}` },
    );

  it("makes a Secret of what the command line sealed, owned by its SealedSecret", async () => {
    const sealedText = await withKubeconfigFile(cluster, async (file) => {
      const stdin = `apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: shop}\nstringData: {password: ${PASSWORD}}\n`;
      return runSealwright(["seal", "--kubeconfig", file, "-o", "json"], { stdin });
    });
    expect({ code: sealedText.code, stderr: sealedText.stderr }).toEqual({ code: 0, stderr: "" });
    await apply(JSON.parse(sealedText.stdout));
    expect(await synced("login", "True")).toMatchObject({ type: "Synced", reason: "Unsealed", message: "" });
    const made = await secret("login");
    expect(made?.data).toEqual({ password: Buffer.from(PASSWORD).toString("base64") });
    expect(made?.metadata).toMatchObject({
      ownerReferences: [
        { kind: "SealedSecret", name: "login", controller: true, uid: (await observed("login")).metadata.uid },
      ],
    });
  });

  it("follows a change of the SealedSecret", async () => {
    await apply(await sealed("changing", { password: "first", obsolete: "x" }));
    await synced("changing", "True");
    const { metadata } = await observed("changing");
    const next = await sealed("changing", { password: "second" });
    await cluster.admin.expectOk("PUT", `${SEALED}/changing`, {
      body: { ...next, metadata: { ...next.metadata, resourceVersion: metadata.resourceVersion } },
    });
    await until(async () => (await observed("changing")).status?.observedGeneration === 2, { what: "the change" });
    expect((await secret("changing"))?.data).toEqual({ password: Buffer.from("second").toString("base64") });
  });

  it("renders Go templates over the sealed items, and leaves out what is null", async () => {
    const object = await sealed("templated", { user: "me", password: PASSWORD, token: "unwanted" });
    const data = { url: "postgres://{{ .user }}:{{ .password | b64enc }}@db", token: null };
    await apply({ ...object, spec: { ...object.spec, template: { ...object.spec.template, data } } });
    await synced("templated", "True");
    const base64 = Buffer.from(PASSWORD).toString("base64");
    expect(Object.keys((await secret("templated"))?.data ?? {}).sort()).toEqual(["password", "url", "user"]);
    expect(Buffer.from((await secret("templated"))?.data["url"] ?? "", "base64").toString()).toBe(
      `postgres://me:${base64}@db`,
    );
  });

  it("says what is wrong with a template, and not what it was fed", async () => {
    const object = await sealed("failing");
    const data = { broken: '{{ fail (printf "%s" .password) }}' };
    await apply({ ...object, spec: { ...object.spec, template: { ...object.spec.template, data } } });
    const condition = await synced("failing", "False");
    expect(condition).toMatchObject({ reason: "InvalidTemplate" });
    expect(condition.message).not.toContain(PASSWORD);
  });

  it("makes a deleted Secret anew", async () => {
    await apply(await sealed("deleted"));
    await synced("deleted", "True");
    const before = await secret("deleted");
    await cluster.admin.expectOk("DELETE", `${SECRETS}/deleted`);
    await until(async () => (await secret("deleted"))?.metadata !== undefined, { what: "the Secret" });
    expect((await secret("deleted"))?.metadata).not.toEqual(before?.metadata);
  });

  it("takes the Secret away with its SealedSecret", async () => {
    await apply(await sealed("leaving"));
    await synced("leaving", "True");
    await cluster.admin.expectOk("DELETE", `${SEALED}/leaving`);
    await until(async () => (await secret("leaving")) === undefined, { what: "the garbage collector" });
  });

  it("leaves somebody else's Secret alone, and says so until it is gone", async () => {
    const theirs = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "shop", name: "theirs" } };
    await cluster.admin.expectOk("POST", SECRETS, { body: { ...theirs, stringData: { password: "theirs" } } });
    await apply(await sealed("theirs"));
    expect(await synced("theirs", "False")).toMatchObject({ reason: "NotManaged" });
    expect((await secret("theirs"))?.data).toEqual({ password: Buffer.from("theirs").toString("base64") });
    await cluster.admin.expectOk("DELETE", `${SECRETS}/theirs`);
    expect(await synced("theirs", "True")).toMatchObject({ reason: "Unsealed" });
  });

  describe("a SealedSecret that cannot be opened", () => {
    const altered = (text: string, at: number) => {
      const bytes = Buffer.from(text, "base64");
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return bytes.toString("base64");
    };
    const withItem = (object: SealedSecret, change: (text: string) => string) => ({
      ...object,
      spec: { ...object.spec, encryptedData: { password: change(object.spec.encryptedData["password"] ?? "") } },
    });
    const renamed = (object: SealedSecret, name: string) => ({ ...object, metadata: { ...object.metadata, name } });
    const elsewhere = async (name: string) => {
      const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
      const key = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
      return seal(plain(name), { certificate: await readCertificate(key.certificate) });
    };

    const cases: readonly (readonly [string, (name: string) => Promise<unknown>, string])[] = [
      ["renamed", async (name) => renamed(await sealed("another-name"), name), "Undecryptable"],
      ["cut-short", async (name) => withItem(await sealed(name), (text) => text.slice(0, 200)), "Undecryptable"],
      ["altered-key", async (name) => withItem(await sealed(name), (text) => altered(text, 100)), "Undecryptable"],
      ["altered-value", async (name) => withItem(await sealed(name), (text) => altered(text, VALUE)), "Undecryptable"],
      ["not-base64", async (name) => withItem(await sealed(name), (text) => `!${text}`), "Undecryptable"],
      ["another-key", elsewhere, "Undecryptable"],
    ];

    it.each(cases)("%s: says why, makes no Secret, and the next one is served", async (name, make, reason) => {
      await cluster.admin.expectOk("POST", SEALED, { body: await make(name) });
      await apply(await sealed(`after-${name}`));
      const condition = await synced(name, "False");
      expect(condition).toMatchObject({ type: "Synced", reason });
      expect(condition.message).not.toBe("");
      expect(await secret(name)).toBeUndefined();
      await synced(`after-${name}`, "True");
    });

    it("keeps the Secret that was made before it broke", async () => {
      await apply(await sealed("breaking"));
      await synced("breaking", "True");
      const before = await secret("breaking");
      const broken = withItem(await sealed("breaking"), (text) => altered(text, VALUE));
      await apply(broken);
      await synced("breaking", "False");
      expect(await secret("breaking")).toEqual(before);
    });

    it("heals when it is sealed again", async () => {
      await cluster.admin.expectOk("POST", SEALED, { body: renamed(await sealed("another-name"), "healing") });
      await synced("healing", "False");
      await apply(await sealed("healing"));
      expect(await synced("healing", "True")).toMatchObject({ reason: "Unsealed", message: "" });
    });
  });

  it("says nothing of any value, in its log, a status or an event", async () => {
    const texts = new Map([["log", controller.log()]]);
    for (const path of [SEALED, "/api/v1/namespaces/shop/events"]) {
      texts.set(path, (await cluster.admin.request("GET", path)).text);
    }
    expect(controller.log()).toContain("Unsealed");
    expect(controller.log()).not.toContain("PRIVATE KEY");
    expect(leaksOf([PASSWORD], texts)).toEqual([]);
  });

  it("makes a new key on SIGUSR1 and goes on opening what the old one sealed", async () => {
    const old = await sealed("from-before");
    const before = (await certificate()).fingerprint;
    controller.signal("SIGUSR1");
    await until(async () => (await certificate()).fingerprint !== before, { what: "a new certificate" });
    await apply(old);
    await apply(await sealed("from-after"));
    await synced("from-before", "True");
    await synced("from-after", "True");
  });

  it("ends with 0 on SIGTERM", async () => {
    expect(await controller.stop()).toBe(0);
  });
});
