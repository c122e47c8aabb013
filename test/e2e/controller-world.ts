import { type Certificate, readCertificate, readSecret, type SealedSecret, seal } from "@sealwright/core";
import { applyManifests, type Manifest } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { until } from "../cluster/until.ts";
import type { Controller } from "../programs/controller.ts";
import { type Leak, leaksOf } from "../programs/leaks.ts";

export interface ObservedCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface ObservedStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly ObservedCondition[];
  readonly sealedWith?: readonly string[];
}

export interface ObservedObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly status?: ObservedStatus;
}

export const KEY_LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key";
const KEYS = "/api/v1/namespaces/kube-system/secrets";

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** What the suites of the controller ask of a cluster, in one namespace of it. */
export class ControllerWorld {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Every value that was sealed, and what it was sealed into. */
  readonly #sealed = new Map<string, SealedSecret>();

  constructor(cluster: Cluster, namespace: string) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  get sealedSecretsPath(): string {
    return `/apis/bitnami.com/v1alpha1/namespaces/${this.namespace}/sealedsecrets`;
  }

  get secretsPath(): string {
    return `/api/v1/namespaces/${this.namespace}/secrets`;
  }

  async makeNamespace(): Promise<void> {
    await applyManifests(this.cluster, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: this.namespace } }]);
  }

  apply(object: unknown): Promise<void> {
    return applyManifests(this.cluster, [object as Manifest]);
  }

  /** Changes an object by a merge patch. */
  async patch(path: string, body: unknown): Promise<void> {
    await this.cluster.admin.expectOk("PATCH", path, {
      headers: { "content-type": "application/merge-patch+json" },
      body,
    });
  }

  async certificateOf(url: string): Promise<Certificate> {
    return readCertificate(await (await fetch(`${url}/v1/cert.pem`)).text());
  }

  async seal(
    certificate: Certificate,
    name: string,
    stringData: Readonly<Record<string, string>>,
  ): Promise<SealedSecret> {
    const metadata = { namespace: this.namespace, name };
    const sealed = await seal(readSecret({ apiVersion: "v1", kind: "Secret", metadata, stringData }), { certificate });
    for (const value of Object.values(stringData)) this.#sealed.set(value, sealed);
    return sealed;
  }

  /** Where any of the longer values that were sealed can be seen outside of a Secret. */
  async leaks(controller: Pick<Controller, "url" | "log">): Promise<readonly Leak[]> {
    const values = [...this.#sealed.keys()].filter((value) => value.length >= 8);
    const texts = new Map<string, string>([["log", controller.log()]]);
    for (const path of ["/healthz", "/readyz", "/v1/cert.pem"]) texts.set(path, await textOf(controller.url + path));
    if (servesMetrics(controller.log())) texts.set("metrics", await textOf(metricsUrl(controller.log())));
    for (const call of ["/v1/verify", "/v1/rotate"]) {
      const answers = [...this.#sealed.values()].slice(-3).map((sealed) => textOf(controller.url + call, sealed));
      texts.set(call, (await Promise.all(answers)).join("\n"));
    }
    for (const path of [this.sealedSecretsPath, `/api/v1/namespaces/${this.namespace}/events`]) {
      texts.set(path, (await this.cluster.admin.request("GET", path)).text);
    }
    return leaksOf(values, texts);
  }

  async sealedSecret(name: string): Promise<ObservedObject> {
    return (await this.cluster.admin.expectOk("GET", `${this.sealedSecretsPath}/${name}`)) as ObservedObject;
  }

  /** Undefined where there is none. */
  async secret(name: string): Promise<ObservedObject | undefined> {
    const answer = await this.cluster.admin.request("GET", `${this.secretsPath}/${name}`);
    return answer.status === 200 ? (answer.json() as ObservedObject) : undefined;
  }

  /** The status once it speaks of the object as it is, with that `Synced`. */
  synced(name: string, status: "True" | "False"): Promise<ObservedStatus> {
    return until(
      async () => {
        const { metadata, status: current } = await this.sealedSecret(name);
        const speaks = current?.observedGeneration === metadata.generation;
        return speaks && current?.conditions?.[0]?.status === status && current;
      },
      { what: `${name} to be Synced ${status}` },
    );
  }

  async events(
    name: string,
  ): Promise<readonly { readonly reason: string; readonly message: string; readonly count: number }[]> {
    const list = (await this.cluster.admin.expectOk("GET", `/api/v1/namespaces/${this.namespace}/events`)) as {
      readonly items: readonly { involvedObject: { name: string }; reason: string; message: string; count: number }[];
    };
    return list.items.filter((event) => event.involvedObject.name === name);
  }

  /** The Secrets of sealing keys, of any label value. */
  async keySecrets(): Promise<readonly ObservedObject[]> {
    const list = await this.cluster.admin.expectOk("GET", `${KEYS}?labelSelector=${encodeURIComponent(KEY_LABEL)}`);
    return (list as { readonly items: readonly ObservedObject[] }).items;
  }

  keyPath(name: string): string {
    return `${KEYS}/${name}`;
  }
}

function servesMetrics(log: string): boolean {
  return log.includes('msg="Serving metrics"');
}

/** Of a GET, or of a POST where there is something to send. */
async function textOf(url: string, body?: unknown): Promise<string> {
  const answer = await fetch(url, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
  return answer.text();
}

/** Where the controller says that it serves its metrics. */
export function metricsUrl(log: string): string {
  const port = /msg="Serving metrics" address=\S*:(\d+)/.exec(log)?.[1];
  if (port === undefined) throw new Error("the controller serves no metrics");
  return `http://127.0.0.1:${port}/metrics`;
}
