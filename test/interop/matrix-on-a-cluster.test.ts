import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyRing, readSealedSecret, reseal, type Secret, type Unsealed, unseal } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyManifests, type Manifest } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { startRealCluster } from "../cluster/real/real-cluster.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { type GoController, startGoController } from "../peers/go-controller.ts";
import { goProjectManifests } from "../peers/go-project-manifests.ts";
import { runKubeseal } from "../peers/kubeseal.ts";
import { type Controller, deployManifests, startController } from "../programs/controller.ts";
import { documentsOf, openWithGoPackage } from "./go-files.ts";
import { type InteropKeys, keySecret, makeKeyFiles } from "./key-files.ts";
import { MATRIX, type MatrixCase, matrixCases, SERVICE_ACCOUNT } from "./matrix-cases.ts";
import { expectSameSecret } from "./same-secret.ts";
import { isSpecData, type SealedCase, sealedByCore, sealedByGo } from "./sealed-cases.ts";
import { unsealedSecret } from "./unsealed.ts";

const PEERS = [
  "etcd",
  "kubeApiserver",
  "kubeControllerManager",
  "kubeseal",
  "goController",
  "sealedSecretsOracle",
] as const;

/** By who sealed them; each in a namespace of that name. What is large is large enough twice. */
const CASES = {
  go: matrixCases("go"),
  core: matrixCases("core").filter((each) => !isSpecData(each)),
  anew: matrixCases(
    "anew",
    MATRIX.filter(({ values }) => values !== "900 KB"),
  ),
};
/** Who is to open an object. Each controller looks at its own alone, so that both can be at work in one cluster. */
const OPENER_LABEL = "opener";
/** The names of their Services. */
const GO_CONTROLLER = "go-controller";
const OUR_CONTROLLER = "our-controller";
/** kubeseal makes ten requests without a pause, the first of which is for the Service. */
const AT_ONCE = 9;

describeWithPeers("the Go controller and ours on one cluster, with the same keys", PEERS, () => {
  let folder: string;
  let keys: InteropKeys;
  let cluster: Cluster;
  let theirs: GoController;
  let ours: Controller;
  let sealed: Readonly<Record<keyof typeof CASES, readonly SealedCase[]>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-matrix-"));
    keys = await makeKeyFiles(folder);
    [cluster, sealed] = await Promise.all([startRealCluster(), sealAll(keys)]);
    await applyManifests(cluster, [
      ...namespaces(),
      ...Object.entries(keys).map(([name, key]) => keySecret(name, key)),
    ]);
    await startControllers();
    await Promise.all([createAll(sealed.go, "ours"), createAll([...sealed.core, ...sealed.anew], "go")]);
  });
  afterAll(async () => {
    await Promise.all([theirs?.stop(), ours?.stop()]);
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Under our CRD, which keeps a null of a template. */
  async function startControllers(): Promise<void> {
    const isCrd = ({ kind }: Manifest) => kind === "CustomResourceDefinition";
    const manifests = [
      ...(await deployManifests()).filter(isCrd),
      ...goProjectManifests().filter((manifest) => !isCrd(manifest)),
    ];
    const args = ["--rate-limit=1000", "--rate-limit-burst=1000"];
    theirs = await startGoController(cluster, {
      manifests,
      args: [...args, "--kubeclient-qps=-1", `--label-selector=${OPENER_LABEL}=go`],
    });
    ours = await startController(cluster, {
      manifests: [],
      args: [...args, `--label-selector=${OPENER_LABEL}=ours`, "--leader-elect=false"],
    });
    await expose(GO_CONTROLLER, theirs.url);
    await expose(OUR_CONTROLLER, ours.url);
  }

  const expose = (name: string, url: string) =>
    cluster.exposeService({ namespace: "kube-system", name, loopbackPort: Number(new URL(url).port) });

  /** One after the other: Node's HTTP/2 holds no more than 10 MB of one connection's requests. */
  async function createAll(cases: readonly SealedCase[], opener: "go" | "ours"): Promise<void> {
    for (const { sealed } of cases) {
      const path = `/apis/bitnami.com/v1alpha1/namespaces/${sealed.metadata.namespace}/sealedsecrets`;
      const body = { ...sealed, metadata: { ...sealed.metadata, labels: { [OPENER_LABEL]: opener } } };
      await cluster.admin.expectOk("POST", path, { body });
    }
  }

  const expectUnsealed = async ({ expected }: MatrixCase) => {
    const { namespace = "", name = "" } = expected.metadata;
    expectSameSecret(await unsealedSecret(cluster, namespace, name), expected);
  };
  /** What the Go kubeseal prints of objects that it asks a controller about. */
  async function kubeseal(mode: "--validate" | "--re-encrypt", controller: string, cases: readonly SealedCase[]) {
    let printed = "";
    for (const batch of batchesOf(cases, AT_ONCE)) {
      const args = [mode, "--controller-name", controller];
      const stdin = batch.map(({ sealed }) => JSON.stringify(sealed)).join("\n");
      const { code, stdout, stderr } = await runKubeseal(args, { kubeconfig: cluster.adminKubeconfig, stdin });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      printed += stdout;
    }
    return printed;
  }

  describe("Go seals, our controller opens", () => {
    it.each(CASES.go)("$title", expectUnsealed);
  });

  describe("core seals, the Go controller opens", () => {
    it.each(CASES.core)("$title", expectUnsealed);
  });

  describe("Go seals, core seals anew, the Go controller opens", () => {
    it.each(CASES.anew)("$title", expectUnsealed);
  });

  it.each([OUR_CONTROLLER, GO_CONTROLLER])("the Go kubeseal validates what core sealed with %s", async (controller) => {
    expect(await kubeseal("--validate", controller, sealed.core)).toBe("");
  });

  it("the Go kubeseal re-encrypts what Go sealed with our controller, and the Go project opens that", async () => {
    const documents = documentsOf(await kubeseal("--re-encrypt", OUR_CONTROLLER, sealed.go));
    const secrets = await openWithGoPackage(documents, keys.newest);
    expect(secrets).toHaveLength(sealed.go.length);
    for (const [index, { expected }] of sealed.go.entries()) expectSameSecret(secrets[index] as Secret, expected);
  });

  it("the Go kubeseal re-encrypts what core sealed with the Go controller, and core opens that", async () => {
    const documents = documentsOf(await kubeseal("--re-encrypt", GO_CONTROLLER, sealed.core));
    const ring = new KeyRing([keys.newest.key]);
    const secrets = await Promise.all(documents.map((document) => unseal(readSealedSecret(document), ring)));
    expect(secrets).toHaveLength(sealed.core.length);
    for (const [index, { secret }] of sealed.core.entries()) {
      // The template's labels, annotations and data are lost on the way.
      expectSameSecret({ ...(secrets[index] as Unsealed).secret, metadata: secret.metadata }, secret);
    }
  });

  it("neither failed at anything on the way", () => {
    // A watch that is begun again, or a conflict, is no failure: a machine with much to do brings them about.
    expect(ours.log()).not.toMatch(/level=ERROR|Not unsealed|could not be/);
    expect(theirs.log()).not.toMatch(/level=ERROR/);
  });
});

async function sealAll(keys: InteropKeys): Promise<Readonly<Record<keyof typeof CASES, readonly SealedCase[]>>> {
  const [go, core, toSealAnew] = await Promise.all([
    sealedByGo(CASES.go, keys),
    sealedByCore(CASES.core, keys),
    sealedByGo(CASES.anew, keys),
  ]);
  const ring = new KeyRing(Object.values(keys).map(({ key }) => key));
  const anew = toSealAnew.map(async (each) => {
    const { sealedSecret } = await reseal(each.sealed, ring, { acceptDeprecatedData: true, hints: true });
    return { ...each, sealed: sealedSecret };
  });
  return { go, core, anew: await Promise.all(anew) };
}

function namespaces(): readonly Manifest[] {
  return Object.keys(CASES).flatMap((namespace) => [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name: SERVICE_ACCOUNT } },
  ]);
}

function batchesOf<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  const starts = Array.from({ length: Math.ceil(all.length / size) }, (_, index) => index * size);
  return starts.map((start) => all.slice(start, start + size));
}
