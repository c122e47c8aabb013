import { readSecret, type Secret } from "@sealwright/core";
import { expect } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { until } from "../cluster/until.ts";
import { SAMPLE_ITEMS } from "./sample-secret.ts";

/** Waits for a native Secret and gives it back. */
export function unsealedSecret(cluster: Cluster, namespace: string, name: string): Promise<Secret> {
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  return until(
    async () => {
      const answer = await cluster.admin.request("GET", path);
      return answer.status === 200 ? readSecret(answer.json()) : undefined;
    },
    { what: `the Secret ${namespace}/${name}` },
  );
}

/** Checks that a Secret holds the sample's items to the byte, with the metadata that its template said. */
export function expectSample(secret: Secret): void {
  const items = new Map([...secret.data].map(([item, value]) => [item, Buffer.from(value)]));
  expect(items).toEqual(new Map([...SAMPLE_ITEMS].sort()));
  expect(secret.type).toBe("Opaque");
  expect(secret.metadata.labels).toEqual({ "app.kubernetes.io/name": "sample" });
  expect(secret.metadata.annotations).toMatchObject({ note: "kept" });
}
