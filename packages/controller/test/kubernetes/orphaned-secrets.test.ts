import { afterEach, beforeEach, expect, test } from "vitest";
import { NO_AUDIT } from "../../src/audit/audit.ts";
import { OrphanedSecrets } from "../../src/kubernetes/orphaned-secrets.ts";
import { api, startApiForEachTest, transport } from "../doubles/api-of-each-test.ts";
import { holds } from "../doubles/holds.ts";
import { OWNER, secretManifestOf } from "../doubles/objects.ts";
import { recordingLog } from "../doubles/recording-log.ts";

startApiForEachTest();

const SEALED = "/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets/database";
const SECRET = "/api/v1/namespaces/shop/secrets/database";
const GONE = { metadata: { namespace: "shop", name: "database", uid: "uid-1", resourceVersion: "30" } };
const NOT_FOUND = { status: 404, body: { reason: "NotFound" } };

let orphans: OrphanedSecrets;
const log = recordingLog();

beforeEach(async () => {
  orphans = new OrphanedSecrets({ audit: NO_AUDIT, transport, log });
  api.answer("GET", SEALED, NOT_FOUND);
  api.answer("GET", SECRET, { body: secretManifestOf({ owners: [OWNER] }) });
  api.answer("DELETE", SECRET, { body: {} });
});

afterEach(async () => {
  await orphans.stop();
});

const asked = () => api.requests.map(({ method, path }) => `${method} ${path}`);

test("deletes the Secret that it controlled, as it was read and no other", async () => {
  orphans.collect(GONE);
  await holds(() => expect(asked()).toEqual([`GET ${SEALED}`, `GET ${SECRET}`, `DELETE ${SECRET}`]));
  expect(api.requests.at(-1)?.body).toEqual({ preconditions: { uid: "secret-uid", resourceVersion: "7" } });
});

test.each([
  ["that it controls no longer", []],
  ["of another SealedSecret of that name", [{ ...OWNER, uid: "uid-2" }]],
  ["that it owns but does not control", [{ ...OWNER, controller: false }]],
])("leaves a Secret %s", async (_, owners) => {
  api.answer("GET", SECRET, { body: secretManifestOf({ owners }) });
  orphans.collect(GONE);
  await holds(() => expect(asked()).toEqual([`GET ${SEALED}`, `GET ${SECRET}`]));
  await orphans.stop();
  expect(asked()).toHaveLength(2);
});

test("leaves all as it is where the SealedSecret is there and only no longer selected", async () => {
  api.answer("GET", SEALED, { body: GONE });
  orphans.collect(GONE);
  await holds(() => expect(asked()).toEqual([`GET ${SEALED}`]));
  await orphans.stop();
  expect(asked()).toHaveLength(1);
});

test("tries again where the API server does not answer", async () => {
  api.answer("DELETE", SECRET, { status: 500, body: {} }, { body: {} });
  orphans.collect(GONE);
  await holds(() => expect(asked().filter((request) => request.startsWith("DELETE"))).toHaveLength(2));
});
