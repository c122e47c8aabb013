import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Cluster } from "../cluster/cluster.ts";
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { sourceOf } from "../programs/program.ts";
import { ControllerWorld, metricsUrl } from "./controller-world.ts";

interface Rules {
  readonly spec: { readonly groups: readonly { readonly rules: readonly { alert: string; expr: string }[] }[] };
}
interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

const deployed = (name: string) => readFile(sourceOf(`deploy/${name}`), "utf8");
const alerts = (parse(await deployed("alerts.yaml")) as Rules).spec.groups.flatMap(({ rules }) => rules);
const { panels } = JSON.parse(await deployed("dashboard.json")) as Dashboard;

/** Of an expression: each metric, and the labels that it is asked for by. */
function askedFor(expr: string): readonly { readonly metric: string; readonly labels: readonly string[] }[] {
  return [...expr.matchAll(/\b((?:sealed_secrets|sealwright|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, metric = "", selector = ""]) => ({
      metric,
      labels: [...selector.matchAll(/(\w+)(?:=|!|~)/g)].map(([, label = ""]) => label),
    }),
  );
}

describe("alerts and dashboard", () => {
  let cluster: Cluster;
  let controller: Controller;
  let scrape: string;

  beforeAll(async () => {
    cluster = await startEmbeddedCluster();
    controller = await startController(cluster, { args: ["--listen-metrics-addr=127.0.0.1:0"] });
    const world = new ControllerWorld(cluster, "shop");
    await world.makeNamespace();
    await world.apply(await world.seal(await world.certificateOf(controller.url), "database", { password: "x" }));
    await world.synced("database", "True");
    scrape = await (await fetch(metricsUrl(controller.log()))).text();
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  /** The labels of a metric's samples; null where there is no such metric, and of one without samples, those are not known. */
  function labelsOf(metric: string): ReadonlySet<string> | "unknown" | null {
    const samples = [...scrape.matchAll(new RegExp(`^${metric}(?:\\{([^}]*)\\})? `, "gm"))];
    const names = samples.flatMap(([, labels = ""]) => [...labels.matchAll(/(\w+)="/g)].map(([, name = ""]) => name));
    if (samples.length > 0) return new Set(names);
    const family = metric.replace(/_(?:bucket|count|sum)$/, "");
    return new RegExp(`^# TYPE (?:${metric}|${family}) `, "m").test(scrape) ? "unknown" : null;
  }

  it.each([
    ...alerts.map(({ alert, expr }) => [alert, expr] as const),
    ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ])("%s: every metric is there, with the labels that it is asked for by", (_, expr) => {
    const asked = askedFor(expr);
    expect(asked).not.toHaveLength(0);
    for (const { metric, labels } of asked) {
      const there = labelsOf(metric);
      expect(there, metric).not.toBeNull();
      if (there instanceof Set) expect([...there]).toEqual(expect.arrayContaining([...labels]));
    }
  });

  it("every metric of ours is in an alert or on the dashboard, and on the page for operators", async () => {
    const page = await deployed("../docs/operating.md");
    const ours = [...scrape.matchAll(/^# TYPE (sealwright_controller_\w+) /gm)].map(([, name = ""]) => name);
    const exprs = JSON.stringify([alerts, panels]);
    for (const name of ours) {
      expect(exprs).toContain(name);
      expect(page).toContain(name);
    }
  });
});
