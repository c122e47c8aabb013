import { createHash } from "node:crypto";
import type { Certificate } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyManifests } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { truestMaker } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { base64, ControllerWorld } from "../e2e/controller-world.ts";
import { type Controller, deployManifests, startController } from "../programs/controller.ts";
import { type Write, WriteGate } from "./write-gate.ts";

const ARGS = ["--listen-metrics-addr=127.0.0.1:0", "--audit-log=-"];

/** What can be asked of a controller, and how many writes that takes: the Secret, the status, an event. */
const CHANGES = { created: 3, updated: 3, adopted: 3, patched: 3, repaired: 3, refused: 2 } as const;
type Change = keyof typeof CHANGES;
const KINDS = Object.keys(CHANGES) as Change[];
/** After so many writes of each object a controller is killed, before the next one. */
const ROUNDS = [0, 1, 2];

/** A value of its own for each object and each time that it is sealed. */
function plaintextOf(name: string, edition = 1): string {
  return `plaintext-${createHash("sha256").update(`${name} ${edition}`).digest("hex").slice(0, 24)}`;
}

/** The strictest API server that this machine has the parts for. */
describe.each(truestMaker())("kill -9 between any two writes, on the %s API server", (_, startCluster) => {
  let cluster: Cluster;
  let gate: WriteGate;
  let world: ControllerWorld;
  const lives: Pick<Controller, "log" | "signal" | "stop">[] = [];
  /** The one that lives on from one test to the next. */
  let running: Controller;

  beforeAll(async () => {
    cluster = await startCluster();
    gate = await WriteGate.before(cluster);
    world = new ControllerWorld(cluster, "shop");
    await world.makeNamespace();
    await applyManifests(cluster, await deployManifests());
  });
  afterAll(async () => {
    await kill();
    await gate?.close();
    await cluster?.stop();
  });

  const start = (): Promise<Controller> =>
    startController({ ...cluster, ...gate.access }, { args: ARGS, manifests: [], onStart: (life) => lives.push(life) });
  /** Kills every controller there is, ready or not. */
  const kill = async () => {
    for (const life of lives) life.signal("SIGKILL");
    await Promise.all(lives.map((life) => life.stop()));
  };
  const stopped = (isMeant: (write: Write) => boolean, count = 1) =>
    until(() => gate.stopped.filter(isMeant).length >= count, { what: `${count} writes to be stopped`, intervalMs: 5 });
  const isKey = ({ path }: Write) => path.startsWith("/api/v1/namespaces/kube-system/secrets");
  const keyNames = async () => (await world.keySecrets()).map(({ metadata }) => metadata.name);

  describe("while the first sealing key is made", () => {
    it("before it is stored: there is none", async () => {
      gate.judgeBy((write) => (isKey(write) ? "hold" : "pass"));
      const life = start().catch(() => null);
      await stopped(isKey);
      await kill();
      await life;
      expect(await keyNames()).toEqual([]);
    });

    it("by two replicas at once: both use the one that was stored first", async () => {
      gate.judgeBy((write) => (isKey(write) ? "hold" : "pass"));
      const starting = [start(), start()];
      await stopped(isKey, 2);
      gate.open();
      const replicas = await Promise.all(starting);
      const certificates = await Promise.all(replicas.map(({ url }) => world.certificateOf(url)));
      expect(new Set(certificates.map(({ fingerprint }) => fingerprint)).size).toBe(1);
      const names = await keyNames();
      expect(names).toHaveLength(1);
      await kill();
      await Promise.all(names.map((name) => cluster.admin.expectOk("DELETE", world.keyPath(name))));
    });

    it("after it was stored: the next life takes it", async () => {
      gate.judgeBy((write) => (isKey(write) ? "withhold" : "pass"));
      const life = start().catch(() => null);
      await stopped(isKey);
      await kill();
      await life;
      const stored = await keyNames();
      expect(stored).toHaveLength(1);
      gate.open();
      running = await start();
      expect(await keyNames()).toEqual(stored);
    });
  });

  describe("while SealedSecrets become Secrets", () => {
    let certificate: Certificate;
    const named = (kind: Change, round: number) => `${kind}-${round}`;
    const roundOf = ({ about }: Write) => Number(/^shop\/[a-z]+-(\d)$/.exec(about)?.[1] ?? -1);
    const isEvent = ({ path }: Write) => path.includes("/events");
    const about = (writes: readonly Write[], name: string) => writes.filter((write) => write.about === `shop/${name}`);

    const sealOver = async (name: string, edition = 1) =>
      world.apply(await world.seal(certificate, name, { password: plaintextOf(name, edition) }));
    const theirs = (name: string, annotations: Record<string, string> = {}) =>
      world.apply({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name, namespace: "shop", annotations },
        stringData: { password: "theirs", other: "theirs" },
      });
    const overTheirs = (word: string) => async (name: string) => {
      await theirs(name, word === "" ? {} : { [`sealedsecrets.bitnami.com/${word}`]: "true" });
      await sealOver(name);
    };
    /** What a round's controller finds when it starts. */
    const change: Readonly<Record<Change, (name: string) => Promise<void>>> = {
      created: sealOver,
      updated: (name) => sealOver(name, 2),
      adopted: overTheirs("managed"),
      patched: overTheirs("patch"),
      repaired: (name) => world.patch(`${world.secretsPath}/${name}`, { data: { password: base64("theirs") } }),
      refused: overTheirs(""),
    };

    const dataOf = (kind: Change, name: string): Readonly<Record<string, string>> => {
      const other = base64("theirs");
      if (kind === "refused") return { other, password: other };
      const password = base64(plaintextOf(name, kind === "updated" ? 2 : 1));
      return kind === "patched" ? { other, password } : { password };
    };
    const converged = async (round: number) => {
      for (const kind of KINDS) {
        const name = named(kind, round);
        const { conditions } = await world.synced(name, kind === "refused" ? "False" : "True");
        expect([name, conditions?.[0]?.reason]).toEqual([name, kind === "refused" ? "NotManaged" : "Unsealed"]);
        const right = JSON.stringify(Object.entries(dataOf(kind, name)));
        const isRight = async () =>
          JSON.stringify(Object.entries((await world.secret(name))?.data ?? {}).sort()) === right;
        await until(isRight, { what: `the Secret ${name} to be right` });
      }
    };
    /** Events go one after another: where one is stopped, all are. */
    const atItsEnd = (name: string, writes: number) => {
      const [passed, held] = [about(gate.passed, name).length, about(gate.stopped, name).length];
      return held > 0 || passed >= writes || (passed === writes - 1 && gate.stopped.some(isEvent));
    };

    beforeAll(async () => {
      certificate = await world.certificateOf(running.url);
      const names = ROUNDS.flatMap((round) => [named("updated", round), named("repaired", round)]);
      await Promise.all(names.map((name) => sealOver(name)));
      await Promise.all(names.map((name) => world.synced(name, "True")));
      await kill();
    });

    it.each(ROUNDS)("after %i of the writes of each object", async (writes) => {
      await Promise.all(KINDS.map((kind) => change[kind](named(kind, writes))));
      gate.judgeBy((write, before) => (roundOf(write) === writes && before >= writes ? "hold" : "pass"));
      await start();
      for (const kind of KINDS) {
        const name = named(kind, writes);
        await until(() => atItsEnd(name, CHANGES[kind]), { what: `the last write of ${name}`, intervalMs: 5 });
        const passed = about(gate.passed, name).filter((write) => !isEvent(write));
        expect([name, passed.length]).toEqual([name, Math.min(writes, CHANGES[kind] - 1)]);
      }
      // What the life before left undone is done while this one lives.
      if (writes > 0) await converged(writes - 1);
      await kill();
    });

    it("and in the end nothing is lost, and what has healed is not written again", async () => {
      const last = ROUNDS.length - 1;
      gate.judgeBy(() => "pass");
      running = await start();
      for (const round of ROUNDS) await converged(round);
      const again = gate.passed.filter((write) => roundOf(write) >= 0 && roundOf(write) < last && !isEvent(write));
      expect(again).toEqual([]);
    });
  });

  describe("while a new sealing key is made", () => {
    const renewUntilStopped = async (verdict: "hold" | "withhold") => {
      const { fingerprint } = await world.certificateOf(running.url);
      gate.judgeBy((write) => (isKey(write) ? verdict : "pass"));
      running.signal("SIGUSR1");
      await stopped(isKey);
      await kill();
      gate.open();
      running = await start();
      return fingerprint;
    };

    it("before it is stored there is none; after it was, the next life seals with it", async () => {
      const before = await keyNames();
      const old = await renewUntilStopped("hold");
      expect(await keyNames()).toEqual(before);
      expect(await renewUntilStopped("withhold")).toBe(old);
      const certificate = await world.certificateOf(running.url);
      expect(certificate.fingerprint).not.toBe(old);
      expect(await keyNames()).toHaveLength(before.length + 1);
      await world.apply(await world.seal(certificate, "renewed", { password: plaintextOf("renewed") }));
      await world.synced("renewed", "True");
    });

    it("and nothing of any value is seen outside of its Secret, in all these lives", async () => {
      // The last one's first: that is where its metrics are found.
      const everything = lives.map(({ log }) => log()).reverse();
      expect(await world.leaks({ url: running.url, log: () => everything.join("\n") })).toEqual([]);
      expect(await running.stop()).toBe(0);
    });
  });
});
