import { afterEach, describe, expect, test } from "vitest";
import { Watches, type WatchesOptions, type WatchListener } from "../../src/kubernetes/watches.ts";
import { api, startApiForEachTest, transport } from "../doubles/api-of-each-test.ts";
import type { OpenWatch } from "../doubles/api-server.ts";
import { holds } from "../doubles/holds.ts";
import { recordingLog } from "../doubles/recording-log.ts";

startApiForEachTest();

const SEALED = "/apis/bitnami.com/v1alpha1/sealedsecrets";
const SECRETS = "/api/v1/secrets";

let stop: () => Promise<void>;

afterEach(async () => {
  await stop();
});

function listed(path: string, ...items: readonly unknown[]): void {
  api.answer("GET", path, { body: { metadata: { resourceVersion: "10" }, items } });
}

function start(options: Partial<WatchesOptions> = {}) {
  const log = recordingLog();
  const watches = new Watches({
    transport,
    namespaces: null,
    labelSelector: undefined,
    watchSecrets: true,
    log,
    ...options,
  });
  const heard: string[] = [];
  const controller = new AbortController();
  const listener: WatchListener = {
    onWork: (key) => heard.push(`work ${key}`),
    onDrift: (key) => heard.push(`drift ${key}`),
    onGone: (key, { metadata }) => heard.push(`gone ${key} ${metadata["uid"]}`),
  };
  // The test's Secrets count as left in order at version 20.
  const settled = { differs: (key: string, version: string) => key === "shop/settled" && version !== "20" };
  const running = watches.run(controller.signal, listener, settled);
  stop = async () => {
    controller.abort();
    await running;
  };
  return { watches, heard, log };
}

/** The watches of SealedSecrets and of Secrets, whichever opens first. */
async function bothWatches(): Promise<{ sealed: OpenWatch; secrets: OpenWatch }> {
  const [a, b] = [await api.nextWatch(), await api.nextWatch()];
  return a.request.path === SEALED ? { sealed: a, secrets: b } : { sealed: b, secrets: a };
}

function sealedSecret(name: string, resourceVersion: string, changes: object = {}) {
  return {
    metadata: { namespace: "shop", name, uid: `uid-${name}`, generation: 1, resourceVersion, ...changes },
    spec: {},
  };
}

function secret(name: string, resourceVersion: string, annotations?: Readonly<Record<string, string>>) {
  return { metadata: { namespace: "shop", name, resourceVersion, ...(annotations && { annotations }) } };
}

describe("SealedSecrets", () => {
  test("that are there, come or change are work; ones that go are gone", async () => {
    listed(SEALED, sealedSecret("a", "1"));
    listed(SECRETS);
    const { heard } = start();
    const { sealed } = await bothWatches();
    sealed.send("ADDED", sealedSecret("b", "11"));
    sealed.send("MODIFIED", sealedSecret("a", "12", { generation: 2 }));
    sealed.send("DELETED", sealedSecret("a", "13", { generation: 2 }));
    await holds(() => expect(heard).toHaveLength(4));
    expect(heard).toEqual(["work shop/a", "work shop/b", "work shop/a", "gone shop/a uid-a"]);
  });

  test("that were made anew while nobody watched are gone, and others by their names are work", async () => {
    listed(SEALED, sealedSecret("a", "1"), sealedSecret("b", "2"));
    listed(SECRETS);
    const { heard } = start();
    const { sealed } = await bothWatches();
    await holds(() => expect(heard).toHaveLength(2));
    listed(SEALED, sealedSecret("a", "20", { uid: "another" }), sealedSecret("b", "21"));
    sealed.send("ERROR", { kind: "Status", code: 410, reason: "Expired" });
    await holds(() => expect(heard).toHaveLength(4));
    expect(heard.slice(2)).toEqual(["gone shop/a uid-a", "work shop/a"]);
  });

  test("whose status or labels alone change are no work: our own writes would be", async () => {
    listed(SEALED, sealedSecret("a", "1"));
    listed(SECRETS);
    const { heard } = start();
    const { sealed } = await bothWatches();
    sealed.send("MODIFIED", { ...sealedSecret("a", "11"), status: { observedGeneration: 1 } });
    sealed.send("MODIFIED", sealedSecret("a", "12", { labels: { app: "x" } }));
    sealed.send(
      "MODIFIED",
      sealedSecret("a", "13", { annotations: { "sealedsecrets.bitnami.com/cluster-wide": "true" } }),
    );
    await holds(() => expect(heard).toHaveLength(2));
    sealed.send("MODIFIED", sealedSecret("a", "14", { uid: "another" }));
    await holds(() => expect(heard.slice(2)).toEqual(["gone shop/a uid-a", "work shop/a"]));
  });

  test("are the selected ones alone, but every Secret counts", async () => {
    listed(SEALED);
    listed(SECRETS);
    start({ labelSelector: "team=a" });
    const { sealed, secrets } = await bothWatches();
    expect(sealed.request.query["labelSelector"]).toBe("team=a");
    expect(secrets.request.query["labelSelector"]).toBeUndefined();
  });
});

describe("Secrets", () => {
  test("come as metadata alone", async () => {
    listed(SEALED);
    listed(SECRETS);
    start();
    const { secrets } = await bothWatches();
    expect(secrets.request.headers.accept).toContain("as=PartialObjectMetadata;");
  });

  test("that are deleted while their SealedSecret stays are made again, and nobody else's are", async () => {
    listed(SEALED, sealedSecret("a", "1"));
    listed(SECRETS, secret("a", "2"), secret("other", "3"));
    const { heard } = start();
    const { secrets } = await bothWatches();
    secrets.send("DELETED", secret("other", "11"));
    secrets.send("MODIFIED", secret("a", "12"));
    secrets.send("DELETED", secret("a", "13"));
    await holds(() => expect(heard).toHaveLength(2));
    expect(heard).toEqual(["work shop/a", "work shop/a"]);
  });

  test.each(["managed", "patch"])("that are handed over with %s are taken at once", async (mark) => {
    listed(SEALED, sealedSecret("a", "1"));
    listed(SECRETS, secret("a", "2", { note: "x" }));
    const { heard } = start();
    const { secrets } = await bothWatches();
    secrets.send("MODIFIED", secret("a", "11", { note: "y" }));
    secrets.send("MODIFIED", secret("a", "12", { note: "y", [`sealedsecrets.bitnami.com/${mark}`]: "true" }));
    await holds(() => expect(heard).toHaveLength(2));
    secrets.send("MODIFIED", secret("a", "13", { [`sealedsecrets.bitnami.com/${mark}`]: "true" }));
    secrets.send("DELETED", secret("a", "14"));
    await holds(() => expect(heard).toHaveLength(3));
  });
});

describe("namespaces", () => {
  test("are watched one by one where they are named, and found in each", async () => {
    for (const namespace of ["one", "two"]) {
      listed(`/apis/bitnami.com/v1alpha1/namespaces/${namespace}/sealedsecrets`, {
        metadata: { namespace, name: "a", uid: "u", generation: 1, resourceVersion: "1" },
      });
      listed(`/api/v1/namespaces/${namespace}/secrets`, {
        metadata: { namespace, name: "b", uid: `uid-${namespace}`, resourceVersion: "2" },
      });
    }
    const { watches, heard } = start({ namespaces: ["one", "two"] });
    await holds(() => expect(watches.synced).toBe(true));
    expect([...heard].sort()).toEqual(["work one/a", "work two/a"]);
    expect(watches.sealedSecrets.map((reflector) => reflector.get("two/a") !== null)).toEqual([false, true]);
    expect(watches.seenSecret("two/b")).toEqual({ uid: "uid-two", resourceVersion: "2" });
    expect(watches.seenSecret("two/a")).toBe("none");
    expect(watches.seenSecret("three/b")).toBe("unknown");
  });
});

test("before the first list of Secrets is in, nobody knows whether there is one; who waits for it is told when it fails, too", async () => {
  listed(SEALED);
  let answer = 0;
  api.answer("GET", SECRETS, () => {
    answer += 1;
    return answer === 1
      ? { status: 500, body: { reason: "InternalError" } }
      : { body: { metadata: { resourceVersion: "10" }, items: [secret("a", "2")] } };
  });
  const { watches } = start();
  expect(watches.seenSecret("shop/a")).toBe("unknown");
  await watches.secretsListed();
  expect(watches.seenSecret("shop/a")).toBe("unknown");
  await holds(() => expect(watches.seenSecret("shop/a")).toMatchObject({ resourceVersion: "2" }));
});

test("synced is when all of the first lists are in, and a list that fails is told of", async () => {
  listed(SEALED);
  api.answer("GET", SECRETS, { status: 403, body: { reason: "Forbidden" } });
  const { watches, log } = start();
  await holds(() => expect(log.lines).toHaveLength(1));
  expect(watches.synced).toBe(false);
  expect(log.lines[0]).toEqual({
    level: "warn",
    event: "A watch failed and is begun again",
    name: SECRETS,
    message: `GET ${SECRETS}: Forbidden`,
  });
});

describe("a Secret that was left in order", () => {
  test("and is changed is drift; one that is as it was left, and one that never was, are not", async () => {
    listed(SEALED, sealedSecret("settled", "1"), sealedSecret("other", "2"));
    listed(SECRETS, secret("settled", "20"), secret("other", "19"));
    const { heard, watches } = start();
    const { secrets } = await bothWatches();
    await holds(() => expect(heard).toHaveLength(2));
    heard.length = 0;
    secrets.send("MODIFIED", secret("other", "21"));
    secrets.send("MODIFIED", secret("settled", "22"));
    await holds(() => expect(watches.seenSecret("shop/settled")).toMatchObject({ resourceVersion: "22" }));
    expect(heard).toEqual(["drift shop/settled"]);
  });

  test("is not watched where nobody wants it to be made again", async () => {
    listed(SEALED, sealedSecret("settled", "1"));
    const { watches } = start({ watchSecrets: false });
    expect((await api.nextWatch()).request.path).toBe(SEALED);
    expect(watches.synced).toBe(true);
    expect(watches.seenSecret("shop/settled")).toBe("unknown");
    expect(api.requests.map(({ path }) => path)).not.toContain(SECRETS);
  });
});
