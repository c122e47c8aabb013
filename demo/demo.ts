/**
 * `npm run demo`: the way of a plaintext Secret through SealedSecret and Git to a native Secret, on this machine alone. The programs are
 * the real ones; the cluster is the embedded API. `--keep` leaves it running.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readSecret, type Secret } from "@sealwright/core";
import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { applyManifests, type Manifest } from "../test/cluster/apply-manifests.ts";
import type { Cluster } from "../test/cluster/cluster.ts";
import { startEmbeddedCluster } from "../test/cluster/embedded/embedded-cluster.ts";
import { until } from "../test/cluster/until.ts";
import { startController } from "../test/programs/controller.ts";
import { sourceOf } from "../test/programs/program.ts";
import { runSealwright } from "../test/programs/sealwright.ts";
import { GitRepository } from "./git-repository.ts";
import { MASK, Story } from "./story.ts";

const QUICKSTART = sourceOf("examples/quickstart");
const SEALED_SECRETS = "/apis/bitnami.com/v1alpha1";
const USAGE = "Usage: npm run demo [-- --keep]\n\n  --keep   leave the cluster running, to try it by hand\n";

/** Bytes. */
const SHORTEST_CHECKED = 8;

type Undo = () => Promise<unknown>;

process.exitCode = await main();

async function main(): Promise<number> {
  const flags = readFlags();
  if (typeof flags === "number") return flags;
  const undo: Undo[] = [];
  const story = new Story(process.stdout);
  const interrupted = new Promise<"interrupted">((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve("interrupted"));
  });
  try {
    const ending = await Promise.race([tell(story, undo, flags.keep), interrupted]);
    if (ending === "kept") await interrupted;
    return ending === "interrupted" ? 130 : 0;
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

/** The flags, or the exit code where there is nothing to run. */
function readFlags(): { readonly keep: boolean } | number {
  try {
    const options = { keep: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    const { values } = parseArgs({ options });
    if (values.help !== true) return { keep: values.keep === true };
    process.stdout.write(USAGE);
    return 0;
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n${USAGE}`);
    return 2;
  }
}

async function tell(story: Story, undo: Undo[], keep: boolean): Promise<"told" | "kept"> {
  story.say("From a plaintext Secret to a native one, with nothing secret in Git.");

  story.chapter("A cluster");
  const cluster = await startEmbeddedCluster();
  undo.push(() => cluster.stop());
  story.detail("API server", `${cluster.server} (embedded: no cluster needed)`);
  const kubeconfig = await writeKubeconfig(cluster, undo);

  story.chapter("The controller starts, and makes the key that only it has");
  const controller = await startController(cluster, { args: ["--key-size=4096"] });
  undo.push(() => controller.stop());
  story.detail("program", "sealwright-controller, as its own ServiceAccount");
  story.detail("sealing key", /fingerprint=(\S+)/.exec(controller.log())?.[1] ?? "");

  story.chapter("A developer seals the Secrets of an application");
  const secrets = await readSecrets(QUICKSTART);
  const sealed = await sealAll(story, secrets, kubeconfig);

  story.chapter("The sealed files go into Git");
  const repository = await GitRepository.create();
  undo.push(() => repository.remove());
  const commit = await repository.commit(sealed, "Seal the Secrets of the shop");
  const committed = await repository.files();
  story.detail("commit", `${commit} with ${[...committed.keys()].join(", ")}`);
  assertNoPlaintext(committed, secrets);
  story.good("no value stands in the commit, neither as it is nor in base64");

  story.chapter("What the commit holds is applied to the cluster");
  await applyManifests(cluster, [namespace("shop"), namespace("attic"), ...manifestsOf(committed)]);
  story.detail("applied", `${committed.size} SealedSecrets to the namespace shop`);

  story.chapter("The controller makes native Secrets of them");
  for (const secret of secrets.values()) await showUnsealed(story, cluster, secret);

  story.chapter("A SealedSecret that is copied to another namespace stays shut");
  await showRefused(story, cluster, manifestsOf(committed));

  if (!keep) {
    story.say(
      "\nThat was it. The cluster and the repository are gone again; `npm run demo -- --keep` leaves them here.",
    );
    return "told";
  }
  showHowToGoOn(story, kubeconfig, repository);
  return "kept";
}

async function writeKubeconfig(cluster: Cluster, undo: Undo[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sealwright-demo-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "kubeconfig");
  await writeFile(file, cluster.adminKubeconfig, { mode: 0o600 });
  return file;
}

/** The Secrets of a folder by the name of their file. */
async function readSecrets(folder: string): Promise<ReadonlyMap<string, Secret>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
  const read = names.map(async (name) => {
    const [document] = readManifests(await readFile(join(folder, name), "utf8"));
    return [name, readSecret(document?.value)] as const;
  });
  return new Map(await Promise.all(read));
}

async function sealAll(
  story: Story,
  secrets: ReadonlyMap<string, Secret>,
  kubeconfig: string,
): Promise<ReadonlyMap<string, string>> {
  const sealed = new Map<string, string>();
  for (const [name, secret] of secrets) {
    const file = join(QUICKSTART, name);
    const { code, stdout, stderr } = await runSealwright(["seal", "--kubeconfig", kubeconfig, file]);
    if (code !== 0) throw new Error(`sealwright seal ${name} ended with ${code}: ${stderr}`);
    sealed.set(name, stdout);
    story.detail(
      name,
      `${secret.type ?? "Opaque"}: ${[...secret.data.keys()].map((item) => `${item} ${MASK}`).join("  ")}`,
    );
  }
  story.good(
    "sealwright seal fetched the certificate through the API server, and nothing left this machine in the clear",
  );
  return sealed;
}

function assertNoPlaintext(files: ReadonlyMap<string, string>, secrets: ReadonlyMap<string, Secret>): void {
  // A short value, such as the user name `shop`, may well stand there as something else.
  const values = [...secrets.values()]
    .flatMap(({ data }) => [...data.values()].map((value) => Buffer.from(value)))
    .filter((value) => value.length >= SHORTEST_CHECKED);
  for (const text of files.values()) {
    const found = values.some(
      (value) => text.includes(value.toString("utf8")) || text.includes(value.toString("base64")),
    );
    if (found) throw new Error("a value stands in the commit");
  }
}

function manifestsOf(files: ReadonlyMap<string, string>): readonly Manifest[] {
  return [...files.values()].flatMap((text) => readManifests(text).map(({ value }) => value as Manifest));
}

function namespace(name: string): Manifest {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

async function showUnsealed(story: Story, cluster: Cluster, expected: Secret): Promise<void> {
  const { namespace = "", name = "" } = expected.metadata;
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const native = await until(
    async () => {
      const answer = await cluster.admin.request("GET", path);
      return answer.status === 200 ? readSecret(answer.json()) : undefined;
    },
    { what: `the Secret ${name}` },
  );
  const same = [...expected.data].every(
    ([item, value]) => Buffer.compare(value, native.data.get(item) ?? Buffer.of()) === 0,
  );
  if (!same || native.data.size !== expected.data.size) throw new Error(`the Secret ${name} is not what was sealed`);
  story.good(
    `Secret ${namespace}/${name} (${native.type}): ${[...native.data.keys()].join(", ")}, byte for byte as sealed`,
  );
}

interface Status {
  readonly status?: { readonly conditions?: readonly { readonly status: string; readonly message?: string }[] };
}

async function showRefused(story: Story, cluster: Cluster, manifests: readonly Manifest[]): Promise<void> {
  const [original] = manifests;
  if (original === undefined) throw new Error("the commit is empty");
  const { name } = original.metadata;
  await applyManifests(cluster, [{ ...original, metadata: { ...original.metadata, namespace: "attic" } }]);
  story.detail("copied", `${name} from shop to attic`);
  const path = `${SEALED_SECRETS}/namespaces/attic/sealedsecrets/${name}`;
  const condition = await until(
    async () => ((await cluster.admin.expectOk("GET", path)) as Status).status?.conditions?.[0],
    { what: "the copy's condition" },
  );
  const secret = await cluster.admin.request("GET", `/api/v1/namespaces/attic/secrets/${name}`);
  if (condition.status !== "False" || secret.status !== 404) throw new Error("the copy was not refused");
  story.refused(`Synced False: ${condition.message}`);
  story.good("and no Secret was made");
}

function showHowToGoOn(story: Story, kubeconfig: string, repository: GitRepository): void {
  story.say("\nThe cluster runs on until Ctrl-C. In another terminal:\n");
  story.say(`   export KUBECONFIG=${kubeconfig}`);
  story.say("   kubectl get sealedsecrets,secrets --namespace shop");
  story.say(`   npm run --silent sealwright -- seal ${join(QUICKSTART, "database.yaml")}`);
  story.say(`   git -C ${repository.folder} log --stat`);
}
