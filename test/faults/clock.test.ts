import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import { FaultWorld } from "./fault-world.ts";

const DAY = 86_400_000;

/** Runs in the controller before its own code: SIGUSR2 sets the clock on the wall, at first far back and then far ahead. */
const JUMPING_CLOCK = `
  const RealDate = Date;
  const jumps = [-400 * ${DAY}, 20 * ${DAY}, 0];
  let jump = 0;
  globalThis.Date = class extends RealDate {
    constructor(...args) { args.length === 0 ? super(RealDate.now() + jump) : super(...args); }
    static now() { return RealDate.now() + jump; }
  };
  process.on("SIGUSR2", () => { jump = jumps.shift() ?? 0; });
`;

describe("a clock that jumps", () => {
  let cluster: Cluster;
  let world: FaultWorld;

  beforeAll(async () => {
    cluster = await startEmbeddedCluster();
    const preload = `data:text/javascript,${encodeURIComponent(JUMPING_CLOCK)}`;
    world = await FaultWorld.start(cluster, { env: { NODE_OPTIONS: `--import=${preload}` } });
  });
  afterAll(async () => {
    await world?.stop();
    await cluster?.stop();
  });

  it.each(["back", "ahead", "to where it was"])("%s: work, retries and watches go on", async (where) => {
    const name = where.replaceAll(" ", "-");
    world.controller.signal("SIGUSR2");
    world.inject({ kind: "answer", code: 500 }, { method: "POST", path: /secrets/, times: 7 });
    cluster.faults?.closeWatches();
    await world.plant(`${name}-new`, "changed");
    await world.converged();
  });

  it("and nothing of any value is seen", async () => {
    expect(await world.leaks(world.controller)).toEqual([]);
    expect(await world.stop()).toBe(0);
  });
});
