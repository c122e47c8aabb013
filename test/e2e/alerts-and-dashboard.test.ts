import { readFile } from "node:fs/promises";
import { parser } from "@prometheus-io/lezer-promql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Cluster } from "../cluster/cluster.ts";
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { sourceOf } from "../programs/program.ts";
import { ControllerWorld, metricsUrl } from "./controller-world.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}
interface Rules {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
}
interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

const deployed = (name: string) => readFile(sourceOf(`deploy/${name}`), "utf8");
const alerts = (parse(await deployed("alerts.yaml")) as Rules).spec.groups.flatMap(({ rules }) => rules);
const { panels } = JSON.parse(await deployed("dashboard.json")) as Dashboard;

interface Asked {
  readonly metric: string;
  /** By which it is selected or grouped. */
  readonly labels: readonly string[];
  /** What of its labels the result has; null where it has all of them. */
  readonly kept: readonly string[] | null;
}

/** By Prometheus' own grammar: throws where it could not be read. */
const promql = parser.configure({ strict: true });

/** Each metric of an expression. */
function askedFor(expr: string): readonly Asked[] {
  const tree = promql.parse(expr);
  const textsIn = ({ from, to }: Span, name: string) => {
    const texts: string[] = [];
    tree.iterate({
      from,
      to,
      enter: (node) => void (node.name === name && texts.push(expr.slice(node.from, node.to))),
    });
    return texts;
  };
  const asked: Asked[] = [];
  tree.iterate({
    enter({ name, node }) {
      if (name !== "VectorSelector") return;
      let kept: readonly string[] | null = null;
      const labels = textsIn(node, "LabelName");
      for (let up = node.parent; up !== null; up = up.parent) {
        if (up.name !== "AggregateExpr") continue;
        const modifier = up.getChild("AggregateModifier");
        kept = modifier === null ? [] : textsIn(modifier, "LabelName");
        labels.push(...kept);
      }
      asked.push({ metric: textsIn(node, "Identifier").join(), labels, kept });
    },
  });
  return asked;
}

interface Span {
  readonly from: number;
  readonly to: number;
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

  it.each(alerts)("$alert: what it tells of is in what it finds", ({ expr, annotations }) => {
    const told = [
      ...Object.values(annotations)
        .join()
        .matchAll(/\$labels\.(\w+)/g),
    ].map(([, label = ""]) => label);
    for (const { metric, kept } of askedFor(expr)) {
      const there = labelsOf(metric);
      const found = kept ?? (there instanceof Set ? [...there] : told);
      expect(found).toEqual(expect.arrayContaining(told));
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
