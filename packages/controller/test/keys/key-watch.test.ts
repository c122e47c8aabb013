import { afterEach, beforeEach, expect, test } from "vitest";
import { watchKeys } from "../../src/keys/key-watch.ts";
import { api, startApiForEachTest, transport } from "../doubles/api-of-each-test.ts";
import type { OpenWatch } from "../doubles/api-server.ts";
import { holds } from "../doubles/holds.ts";

startApiForEachTest();

const PATH = "/api/v1/namespaces/kube-system/secrets";

let stop: () => Promise<void>;

beforeEach(async () => {
  api.answer("GET", PATH, { body: { metadata: { resourceVersion: "10" }, items: [] } });
});

afterEach(async () => {
  await stop();
});

function start(refresh: () => Promise<void>) {
  const failures: unknown[] = [];
  const controller = new AbortController();
  const onFailure = (error: unknown) => failures.push(error);
  const options = {
    transport,
    namespace: "kube-system",
    legacyName: "sealed-secrets-key",
    keys: { refresh },
    onFailure,
  };
  const running = watchKeys(options, controller.signal);
  stop = async () => {
    controller.abort();
    await running;
  };
  return failures;
}

async function watches(): Promise<{ readonly labelled: OpenWatch; readonly legacy: OpenWatch }> {
  const [a, b] = [await api.nextWatch(), await api.nextWatch()];
  return a.request.query["fieldSelector"] === undefined ? { labelled: a, legacy: b } : { labelled: b, legacy: a };
}

const key = (resourceVersion: string) => ({ metadata: { namespace: "kube-system", name: "key", resourceVersion } });

test("loads the keys again when one comes, changes, is retired, or has the old name; none of them comes over the wire", async () => {
  let refreshes = 0;
  start(async () => {
    refreshes += 1;
  });
  const { labelled, legacy } = await watches();
  expect(labelled.request.query["labelSelector"]).toBe("sealedsecrets.bitnami.com/sealed-secrets-key=active");
  expect(legacy.request.query["fieldSelector"]).toBe("metadata.name=sealed-secrets-key");
  for (const { headers } of api.requests) expect(headers.accept).toContain("as=PartialObjectMetadata");
  expect(refreshes).toBe(0);
  const steps = [
    () => labelled.send("ADDED", key("11")),
    () => labelled.send("MODIFIED", key("12")),
    () => labelled.send("DELETED", key("13")),
    () => legacy.send("ADDED", key("14")),
  ];
  for (const [index, step] of steps.entries()) {
    step();
    await holds(() => expect(refreshes).toBe(index + 1));
  }
});

test("tries again where they could not be loaded", async () => {
  let refreshes = 0;
  const failures = start(async () => {
    refreshes += 1;
    if (refreshes === 1) throw new Error("no answer");
  });
  const { labelled } = await watches();
  labelled.send("ADDED", key("11"));
  await holds(() => expect(refreshes).toBe(2));
  expect(failures).toHaveLength(1);
});
