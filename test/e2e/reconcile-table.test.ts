import { type Certificate, createSealingKey, readCertificate } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyManifests } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { clusterMakers } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { startGoController } from "../peers/go-controller.ts";
import { goProjectManifests } from "../peers/go-project-manifests.ts";
import { deployManifests, startController } from "../programs/controller.ts";
import { base64, ControllerWorld, KEY_LABEL, type ObservedObject } from "./controller-world.ts";
import { endsOtherwiseInGo, nameOf, type Result, type Row, reconcileTable, resultOf } from "./reconcile-table.ts";

const ROWS = reconcileTable();
const [MANAGED, PATCH] = ["sealedsecrets.bitnami.com/managed", "sealedsecrets.bitnami.com/patch"];
const MARKS: Readonly<Record<Row["mark"] | Row["wish"], readonly string[]>> = {
  none: [],
  managed: [MANAGED],
  patch: [PATCH],
  both: [MANAGED, PATCH],
  keep: ["sealwright.dev/keep"],
  recreate: ["sealwright.dev/recreate"],
  unowned: ["sealedsecrets.bitnami.com/skip-set-owner-references"],
  plain: [],
  immutable: [],
};
const OUR_TYPE = "example.com/ours";

type Strings = Readonly<Record<string, string>>;

/** What of a Secret the table is about. */
interface Shape {
  readonly type: string;
  readonly immutable: boolean;
  readonly data: Strings;
  readonly labels: Strings;
  readonly annotations: Strings;
  readonly owner: Row["owner"];
}

interface End {
  readonly synced: string;
  readonly secret: Shape | null;
  readonly written: boolean;
}

/** A namespace in which every row stands. */
class Table extends ControllerWorld {
  readonly #versions = new Map<string, string>();
  #landlord = "";

  /** Puts all rows into the cluster, before any controller looks at it. */
  async plant(certificate: Certificate): Promise<void> {
    await this.makeNamespace();
    const landlord = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "landlord", namespace: this.namespace } };
    const path = `/api/v1/namespaces/${this.namespace}/configmaps`;
    const { metadata } = (await this.cluster.admin.expectOk("POST", path, { body: landlord })) as ObservedObject;
    this.#landlord = metadata.uid;
    await Promise.all(ROWS.map((row) => this.#plantRow(row, certificate)));
  }

  async #plantRow(row: Row, certificate: Certificate): Promise<void> {
    const name = nameOf(row);
    const sealed = await this.seal(certificate, name, { password: this.#password(name), user: "admin" });
    const { labels, annotations, immutable } = wanted(row, this.#password(name));
    const template = {
      type: OUR_TYPE,
      metadata: { name, namespace: this.namespace, labels, annotations },
      ...(immutable && { immutable }),
    };
    const body = { ...sealed, spec: { ...sealed.spec, template } };
    const { metadata } = (await this.cluster.admin.expectOk("POST", this.sealedSecretsPath, {
      body,
    })) as ObservedObject;
    const before = this.#before(row);
    if (before === null) return;
    const { labels: theirLabels, annotations: theirAnnotations, owner, ...rest } = before;
    const ownerReferences = {
      ours: [{ apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", name, uid: metadata.uid, controller: true }],
      theirs: [{ apiVersion: "v1", kind: "ConfigMap", name: "landlord", uid: this.#landlord, controller: true }],
      none: [],
    }[owner];
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, labels: theirLabels, annotations: theirAnnotations, ownerReferences },
      ...rest,
    };
    const made = (await this.cluster.admin.expectOk("POST", this.secretsPath, { body: secret })) as ObservedObject;
    this.#versions.set(name, made.metadata.resourceVersion);
  }

  /** How every row ended, by its name, once every status tells of it. */
  async ends(): Promise<ReadonlyMap<string, End>> {
    const list = async (path: string) =>
      ((await this.cluster.admin.expectOk("GET", path)) as { readonly items: readonly ObservedSecret[] }).items;
    const told = async () => {
      const objects = await list(this.sealedSecretsPath);
      return objects.every(({ status, metadata }) => status?.observedGeneration === metadata.generation) && objects;
    };
    const objects = await until(told, { what: "every status to tell of its SealedSecret", timeoutMs: 100_000 });
    const secrets = new Map((await list(this.secretsPath)).map((secret) => [secret.metadata.name, secret]));
    return new Map(
      objects.map(({ metadata: { name }, status }) => {
        const secret = secrets.get(name);
        const { status: synced, reason } = status?.conditions?.find(({ type }) => type === "Synced") ?? {};
        const end = {
          synced: synced === "False" && reason ? reason : `${synced}`,
          secret: secret === undefined ? null : shapeOf(secret),
          written: secret?.metadata.resourceVersion !== this.#versions.get(name),
        };
        return [name, end];
      }),
    );
  }

  /** How a row is to end. */
  expected(row: Row): End {
    const result = resultOf(row);
    const refused: readonly Result[] = ["NotManaged", "TypeChange", "Immutable"];
    const before = this.#before(row);
    const written = result !== "kept" && !refused.includes(result);
    return {
      synced: refused.includes(result) ? result : "True",
      secret: written ? this.#after(row, result, before) : before,
      written,
    };
  }

  #after(row: Row, result: Result, before: Shape | null): Shape {
    const ours = wanted(row, this.#password(nameOf(row)));
    const immutable = ours.immutable || (before?.immutable === true && row.wish !== "recreate");
    if (result === "replaced" || before === null) return { ...ours, immutable };
    return {
      type: before.type,
      immutable,
      data: { ...before.data, ...ours.data },
      labels: { ...before.labels, ...ours.labels },
      annotations: { ...before.annotations, ...ours.annotations },
      owner: result === "taken over" ? ours.owner : before.owner,
    };
  }

  /** The Secret that is there before. */
  #before(row: Row): Shape | null {
    if (row.existing === "absent") return null;
    const ours = wanted(row, this.#password(nameOf(row)));
    const more: Strings = row.existing === "more" ? { theirs: "yes" } : {};
    return {
      type: row.type === "same" ? OUR_TYPE : "example.com/theirs",
      immutable: row.immutable === "yes",
      data: {
        ...ours.data,
        ...(row.existing === "other" && { password: base64("theirs") }),
        ...(row.existing === "more" && { theirs: base64("theirs") }),
      },
      labels: { ...ours.labels, ...more },
      annotations: { ...wished(row), ...more, ...annotations(row.mark) },
      owner: row.owner,
    };
  }

  #password(name: string): string {
    return `plaintext in ${this.namespace} of ${name}`;
  }
}

interface ObservedSecret extends ObservedObject {
  readonly type?: string;
  readonly immutable?: boolean;
}

/** What a SealedSecret says, whatever is there. */
function wanted({ wish }: Row, password: string): Shape {
  return {
    type: OUR_TYPE,
    immutable: wish === "immutable",
    data: { password: base64(password), user: base64("admin") },
    labels: { app: "shop" },
    annotations: { note: "ours", ...annotations(wish) },
    owner: wish === "unowned" || wish === "keep" ? "none" : "ours",
  };
}

/** The annotations of a Secret before, but for its mark. */
function wished({ wish, existing }: Row): Strings {
  return { note: "ours", ...(existing === "other" ? {} : annotations(wish)) };
}

function annotations(of: Row["mark"] | Row["wish"]): Strings {
  return Object.fromEntries(MARKS[of].map((annotation) => [annotation, "true"]));
}

function shapeOf({ metadata, type = "", immutable = false, data = {} }: ObservedSecret): Shape {
  const { labels = {}, annotations = {} } = metadata;
  const { ownerReferences: [owner] = [] } = metadata as { ownerReferences?: readonly { readonly kind: string }[] };
  const whose = owner === undefined ? "none" : owner.kind === "SealedSecret" ? "ours" : "theirs";
  return { type, immutable, data, labels, annotations, owner: whose };
}

describe.each(clusterMakers())("the reconcile table on the %s API server", (maker, startCluster) => {
  let cluster: Cluster;
  let certificate: Certificate;

  beforeAll(async () => {
    cluster = await startCluster();
    await applyManifests(cluster, await deployManifests("delete-secrets"));
    certificate = await plantKey(cluster);
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  it(`ends each of its ${ROWS.length} rows as it is written, and shows no value on the way`, {
    timeout: 120_000,
  }, async () => {
    const table = new Table(cluster, "table");
    await table.plant(certificate);
    const args = ["--listen-metrics-addr=127.0.0.1:0", "--audit-log=-"];
    const controller = await startController(cluster, { args, manifests: [] });
    const ends = await table.ends();
    const leaks = await table.leaks(controller);
    expect(await controller.stop()).toBe(0);
    expect(Object.fromEntries(ends)).toEqual(Object.fromEntries(ROWS.map((row) => [nameOf(row), table.expected(row)])));
    expect(leaks).toEqual([]);
  });

  if (maker !== "real") return;
  describeWithPeers("beside the Go controller", ["goController"], () => {
    it("ends as there, but where we mean it otherwise", { timeout: 120_000 }, async () => {
      const table = new Table(cluster, "go-table");
      await table.plant(certificate);
      const controller = await startGoController(cluster, {
        args: ["--all-namespaces=false", "--additional-namespaces=go-table", "--kubeclient-qps=-1"],
        manifests: goProjectManifests().filter(({ kind }) => kind !== "CustomResourceDefinition"),
      });
      const ends = await table.ends().finally(() => controller.stop());
      const inGo = (rows: readonly Row[]) => rows.map((row) => [nameOf(row), seen(ends.get(nameOf(row)))]);
      const ours = (rows: readonly Row[]) => rows.map((row) => [nameOf(row), seen(table.expected(row))]);
      const alike = ROWS.filter((row) => !endsOtherwiseInGo(row));
      expect(inGo(alike)).toEqual(ours(alike));
      const differing = ROWS.filter(endsOtherwiseInGo);
      const unlike = differing.filter((row) => JSON.stringify(inGo([row])) !== JSON.stringify(ours([row])));
      expect(unlike.map(nameOf)).toEqual(differing.map(nameOf));
    });
  });
});

/** What anybody sees of an end: not why, and not whether the Secret was written to become what it was. */
function seen(end: End | undefined): unknown {
  return { synced: end?.synced === "True", secret: end?.secret };
}

/** A sealing key that both controllers find when they start. */
async function plantKey(cluster: Cluster): Promise<Certificate> {
  const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
  const pem = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
  await applyManifests(cluster, [
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "sealed-secrets-keytable", namespace: "kube-system", labels: { [KEY_LABEL]: "active" } },
      type: "kubernetes.io/tls",
      data: { "tls.key": base64(pem.privateKey), "tls.crt": base64(pem.certificate) },
    } as never,
  ]);
  return readCertificate(pem.certificate);
}
