import { measurementOf } from "../measure/statistics.ts";
import type { SeriesResult } from "./result.ts";

/** What is used of vega and vega-lite. They are installed for benches alone, so that `npm run check` knows no types of theirs. */
interface Vega {
  parse(spec: unknown): unknown;
  View: new (
    runtime: unknown,
    options: { readonly renderer: "none" },
  ) => { toSVG(): Promise<string>; finalize(): void };
}
interface VegaLite {
  compile(spec: unknown): { readonly spec: unknown };
}

/** Processor time of the whole process against the size, as an SVG. */
export async function drawChart(series: SeriesResult): Promise<string> {
  const vega = (await load("vega")) as Vega;
  const vegaLite = (await load("vega-lite")) as VegaLite;
  const view = new vega.View(vega.parse(vegaLite.compile(chartOf(series)).spec), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

function load(name: string): Promise<unknown> {
  return import(name);
}

function chartOf(series: SeriesResult) {
  const names = Object.keys(series.samples);
  const values = names.flatMap((name) =>
    series.sizes
      .filter((size) => size > 0)
      .map((size) => ({
        name,
        size,
        seconds: measurementOf((series.samples[name]?.[size] ?? []).map(({ cpu }) => cpu)).median,
      })),
  );
  return {
    width: 420,
    height: 220,
    background: "white",
    data: { values },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "size", type: "quantitative", scale: { type: "log" }, title: `${series.unit}s` },
      y: { field: "seconds", type: "quantitative", scale: { type: "log" }, title: "seconds of processor time" },
      color: { field: "name", type: "nominal", title: null, sort: names, legend: { labelLimit: 0 } },
    },
  };
}
