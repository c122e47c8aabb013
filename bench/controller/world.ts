import { KEY_LABEL, type SealingKeyPem } from "@sealwright/core";
import type { ApiClient } from "../../test/cluster/api-client.ts";
import { applyManifests, type Manifest } from "../../test/cluster/apply-manifests.ts";
import { createNamespaceUnlessThere } from "../../test/cluster/create-unless-there.ts";
import type { RealCluster } from "../../test/cluster/real/real-cluster.ts";
import { startRealCluster } from "../../test/cluster/real/real-cluster.ts";
import { concurrently } from "./concurrently.ts";
import { type Contestant, HOME } from "./contestant.ts";
import { RunningController } from "./running-controller.ts";
import { SecretWatch } from "./secret-watch.ts";

export interface AppliedSealedSecret {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly [part: string]: unknown;
}

/** Namespaces of the benches begin so. */
const OURS_ALONE = "ns-";
const SEALED_SECRETS = "/apis/bitnami.com/v1alpha1";
const WRITING_VERBS = new Set(["POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION"]);

/** A real cluster of one controller alone, with its CRD and its keys, before anything else happens. */
export class World {
  readonly cluster: RealCluster;
  readonly #contestant: Contestant;
  readonly #namespaces = new Set<string>();

  private constructor(cluster: RealCluster, contestant: Contestant) {
    this.cluster = cluster;
    this.#contestant = contestant;
  }

  static async start(contestant: Contestant, keys: readonly SealingKeyPem[]): Promise<World> {
    const cluster = await startRealCluster();
    try {
      await applyManifests(cluster, await contestant.manifests());
      for (const [index, key] of keys.entries()) {
        await cluster.admin.expectOk("POST", `/api/v1/namespaces/${HOME}/secrets`, { body: keySecret(key, index) });
      }
      return new World(cluster, contestant);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get admin(): ApiClient {
    return this.cluster.admin;
  }

  /** Makes SealedSecrets, texts of JSON, in their order but many at a time; their namespaces where they are not there. */
  async apply(texts: readonly string[]): Promise<readonly AppliedSealedSecret[]> {
    const documents = texts.map((text) => ({
      text,
      namespace: (JSON.parse(text) as AppliedSealedSecret).metadata.namespace,
    }));
    const namespaces = new Set(
      documents.map(({ namespace }) => namespace).filter((name) => !this.#namespaces.has(name)),
    );
    await concurrently([...namespaces], (namespace) => createNamespaceUnlessThere(this.admin, namespace));
    for (const namespace of namespaces) this.#namespaces.add(namespace);
    return concurrently(documents, async ({ text, namespace }) => {
      const path = `${SEALED_SECRETS}/namespaces/${namespace}/sealedsecrets`;
      return (await this.admin.expectOk("POST", path, { body: text })) as AppliedSealedSecret;
    });
  }

  /** Exchanges parts of a SealedSecret's spec, as a JSON merge patch. */
  async patch({ metadata: { namespace, name } }: AppliedSealedSecret, spec: object): Promise<void> {
    const headers = { "content-type": "application/merge-patch+json" };
    const path = `${SEALED_SECRETS}/namespaces/${namespace}/sealedsecrets/${name}`;
    await this.admin.expectOk("PATCH", path, { headers, body: { spec } });
  }

  watchSecrets(): SecretWatch {
    return new SecretWatch(this.admin, (namespace) => namespace.startsWith(OURS_ALONE));
  }

  /** @param env added to the controller's environment */
  start(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<RunningController> {
    return RunningController.start(this.#contestant, this.cluster, { args, env });
  }

  /** How many Secrets, SealedSecrets and events were written since the API server started, by whomever. */
  async writes(): Promise<number> {
    const { text } = await this.admin.request("GET", "/metrics");
    const counted = text.split("\n").filter((line) => line.startsWith("apiserver_request_total{"));
    return counted.filter(isWrite).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }
}

/** Has a world for as long as the action takes. */
export async function withWorld<T>(
  contestant: Contestant,
  keys: readonly SealingKeyPem[],
  action: (world: World) => Promise<T>,
): Promise<T> {
  const world = await World.start(contestant, keys);
  try {
    return await action(world);
  } finally {
    await world.stop();
  }
}

function isWrite(line: string): boolean {
  const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? "";
  return ["secrets", "sealedsecrets", "events"].includes(label("resource")) && WRITING_VERBS.has(label("verb"));
}

function keySecret({ certificate, privateKey }: SealingKeyPem, index: number): Manifest & Record<string, unknown> {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `sealed-secrets-key-${index}`, labels: { [KEY_LABEL]: "active" } } as Manifest["metadata"],
    type: "kubernetes.io/tls",
    data: { "tls.crt": base64(certificate), "tls.key": base64(privateKey) },
  };
}
