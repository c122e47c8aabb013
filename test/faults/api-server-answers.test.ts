import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import type { Fault } from "../cluster/faults.ts";
import { until } from "../cluster/until.ts";
import { FaultWorld } from "./fault-world.ts";

/** Not watches, which end otherwise. */
const REQUESTS = { path: /^[^?]*(secrets|sealedsecrets)(\/[^?]*)?$/ };

/** What no real API server can be made to answer. */
describe("an API server that answers badly", () => {
  let cluster: Cluster;
  let world: FaultWorld;

  beforeAll(async () => {
    cluster = await startEmbeddedCluster();
    world = await FaultWorld.start(cluster);
  });
  afterAll(async () => {
    await world?.stop();
    await cluster?.stop();
  });
  afterEach(() => world.heal());

  const passing: readonly (readonly [string, Fault])[] = [
    ["500", { kind: "answer", code: 500 }],
    ["503", { kind: "answer", code: 503 }],
    ["429 and when to come back", { kind: "answer", code: 429, retryAfter: 1 }],
    ["a connection that breaks", { kind: "drop" }],
    ["slow replies", { kind: "delay", milliseconds: 700 }],
  ];

  it.each(passing)("%s: it is waited out, and nobody is told of a failure", async (_, fault) => {
    const before = world.controller.log().length;
    world.inject(fault, { ...REQUESTS, times: 3 });
    await world.plant("changed", "again");
    await world.converged();
    expect(world.controller.log().slice(before)).not.toContain("WARN");
  });

  it("409: somebody was quicker, and the next look sees what he did", async () => {
    for (const method of ["POST", "PUT"]) {
      world.inject({ kind: "answer", code: 409 }, { ...REQUESTS, method, times: 3 });
    }
    await world.plant("raced", "changed");
    await world.converged();
    expect(world.controller.log()).toContain("Changed meanwhile, and looked at again");
  });

  it("503 for longer than one look: what was good is never said to be anything else", async () => {
    await world.plant("steady");
    await world.converged();
    const before = world.controller.log().length;
    // One look sends a request five times.
    world.inject({ kind: "answer", code: 503 }, { ...REQUESTS, method: "POST", times: 8 });
    await world.cluster.admin.expectOk("DELETE", `${world.secretsPath}/steady`);
    await world.converged();
    expect(world.controller.log().slice(before)).toContain("Not done yet");
    expect((await world.events("steady")).map(({ reason }) => reason)).not.toContain("ErrUpdateFailed");
  });

  it("500 for longer than anybody waits: it is said where it can be, and all is done when it has passed", async () => {
    world.inject({ kind: "answer", code: 500 }, { path: /\/namespaces\/shop\/secrets/ });
    await world.plant("patient", "changed");
    const { conditions = [] } = await world.synced("patient", "False");
    expect(conditions.map(({ type, reason }) => [type, reason])).toContainEqual(["Reconciling", "ApiUnavailable"]);
    world.heal();
    await world.converged();
  });

  it("nothing at all: what changed and went meanwhile is seen afterwards", async () => {
    await world.plant("leaving", "staying");
    await world.converged();
    world.inject({ kind: "drop" });
    cluster.faults?.closeWatches();
    const restarted = /A watch failed and is begun again/g;
    const count = () => world.controller.log().match(restarted)?.length ?? 0;
    const before = count();
    await world.remove("leaving");
    await world.plant("staying", "arriving");
    cluster.faults?.compact();
    await until(() => count() > before, { what: "the outage to be noticed" });
    world.heal();
    await world.converged();
  });

  it("watches that are cut in the middle of an event, again and again", async () => {
    world.inject({ kind: "cutWatch", afterEvents: 1 }, { times: 6 });
    cluster.faults?.closeWatches();
    await world.plant("cut-1", "cut-2", "cut-3", "changed");
    await world.remove("cut-2");
    await world.converged();
  });

  it("410: the place to resume at is forgotten", async () => {
    world.inject({ kind: "answer", code: 410 }, { path: /watch=true&.*resourceVersion=/, times: 2 });
    cluster.faults?.closeWatches();
    await world.plant("forgotten", "changed");
    await world.converged();
  });

  it("and nothing of any value is seen outside of its Secret", async () => {
    expect(await world.leaks(world.controller)).toEqual([]);
  });
});
