import { measurementOf } from "../measure/statistics.ts";
import type { Sample } from "../measure/stopwatch.ts";
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

/** What the whole process took against the size, as an SVG. */
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

/** What is drawn, beside each other, in units that people read. */
const PANELS: readonly (readonly [title: string, pick: (sample: Sample) => number])[] = [
  ["time on the clock, s", ({ wall }) => wall],
  ["processor time, s", ({ cpu }) => cpu],
  ["memory, MB", ({ peak }) => peak / 1e6],
];

function chartOf(series: SeriesResult) {
  const names = Object.keys(series.samples);
  const sizes = series.sizes.filter((size) => size > 0);
  const values = PANELS.flatMap(([panel, pick]) =>
    names.flatMap((name) =>
      sizes.map((size) => {
        const samples = series.samples[name]?.[size] ?? [];
        return { panel, name, size, figure: measurementOf(samples.map(pick)).median };
      }),
    ),
  );
  const log = { type: "log" };
  return {
    background: "white",
    data: { values },
    facet: { column: { field: "panel", title: null, sort: PANELS.map(([title]) => title) } },
    spec: {
      width: 260,
      height: 220,
      mark: { type: "line", point: true },
      encoding: {
        x: { field: "size", type: "quantitative", scale: log, title: `${series.unit}s` },
        y: { field: "figure", type: "quantitative", scale: log, title: null },
        color: {
          field: "name",
          type: "nominal",
          title: null,
          sort: names,
          legend: { labelLimit: 0, orient: "bottom" },
        },
      },
    },
    resolve: { scale: { y: "independent" } },
  };
}
