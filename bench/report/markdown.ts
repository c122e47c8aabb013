import {
  type BenchResult,
  boundsOf,
  largestSize,
  type Ratio,
  ratiosOf,
  roundsOf,
  type SeriesResult,
  type Standing,
  standingsOf,
} from "./result.ts";
import { boundInWords, count, digits, megabytes, percent, rate, ratioInWords, time, timeInWords } from "./words.ts";

/** All of RESULTS.md. */
export function resultsPage(results: readonly BenchResult[]): string {
  return [
    "# Measured beside the Go project",
    "",
    "Written by `npm run bench`; every sample is in [results](results). Programs run in turn, each from its start to its end; the first",
    "round is left out, but of what takes minutes. Processor time, time on the clock and peak memory are the operating system's, of the",
    "whole process; medians, with the lowest and the highest round where it says so. What one unit takes is told without the program's",
    "start, where that was measured. Ratios are of rounds side by side, and marked where those are far apart.",
    "",
    ...results.flatMap(partOf),
  ].join("\n");
}

/** A bench's part of RESULTS.md; also what the terminal shows. */
export function partOf(result: BenchResult): readonly string[] {
  const { processor, cores, memory, system, versions, load } = result.machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `## ${result.name}`,
    "",
    result.summary,
    "",
    `${result.date.slice(0, 10)}, ${processor}, ${count(cores, "core")}, ${megabytesOf(memory)}, ${system}, load ${load.toFixed(1)} at the start.`,
    `${programs.join(", ")}.`,
    "",
    ...result.series.flatMap((series) => seriesPart(result.name, series)),
  ];
}

/** The file, in `results`, of a series' chart. */
export function chartFile(bench: string, { title }: SeriesResult): string {
  return `${bench}-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.svg`;
}

/** Whether a series has enough sizes for a curve. */
export function hasChart({ sizes }: SeriesResult): boolean {
  return sizes.filter((size) => size > 0).length > 1;
}

function seriesPart(bench: string, series: SeriesResult): readonly string[] {
  const standings = standingsOf(series);
  const chart = hasChart(series) ? ["", `![${series.title}](results/${chartFile(bench, series)})`] : [];
  const limit = series.limit === null ? [] : [`The limit: ${series.limit.text}.`];
  const clockLimit = series.clockLimit ? [`The limit by the clock: ${series.clockLimit.text}.`] : [];
  return [
    `### ${series.title}`,
    "",
    series.about,
    ...limit,
    ...clockLimit,
    `${count(roundsOf(series), "round")}.`,
    "",
    ...table(series, standings),
    "",
    ...tableBySize(series),
    ...ratiosOf(series).map((ratio) => `- ${sentence(ratio, series)}`),
    ...boundsOf(series).map((bound) => `- **${bound.of}**, ${bound.told}: ${boundInWords(bound)}.`),
    ...chart,
    "",
  ];
}

function sentence(ratio: Ratio, { unit }: SeriesResult): string {
  const size = ratio.at === undefined ? "" : `, ${count(ratio.at, unit)}`;
  return `**${ratio.of}** beside ${ratio.to}${size}: ${ratioInWords(ratio)}.`;
}

/** What is told of the largest size alone, for every size. */
function tableBySize(series: SeriesResult): readonly string[] {
  const sizes = series.sizes.filter((size) => size > 0);
  if (sizes.length < 2) return [];
  const standings = sizes.map((size) => standingsOf(series, size));
  const header = ["clock, processor, memory", ...sizes.map((size) => count(size, series.unit))];
  const rows = Object.keys(series.samples).map((name, index) => {
    const cells = standings.map((each) => {
      const standing = each[index];
      if (standing === undefined) return "";
      return [time(standing.wall.median), time(standing.cpu.median), megabytes(standing.peak)].join(", ");
    });
    return [name, ...cells];
  });
  return [...rowsOf(header, rows), ""];
}

function table(series: SeriesResult, standings: readonly Standing[]): readonly string[] {
  const byClock = series.clockLimit ? ["of the limit by the clock"] : [];
  const told = [...new Set(standings.flatMap((standing) => Object.keys(standing.told)))];
  const size = count(largestSize(series), series.unit);
  const header = [
    "",
    `${/^[aeiou]/.test(series.unit) ? "an" : "a"} ${series.unit} takes`,
    "a second, per core",
    "of the limit",
    ...byClock,
    `${size}: processor`,
    "clock",
    "memory",
    ...told,
  ];
  const rows = standings.map(({ name, each, ofLimit, ofClockLimit, cpu, wall, peak, told: figures }) => [
    name,
    timeInWords(each.cpu),
    rate(each.cpu),
    ofLimit === null ? "" : percent(ofLimit.median),
    ...byClock.map(() => (ofClockLimit === null ? "" : percent(ofClockLimit.median))),
    timeInWords(cpu),
    timeInWords(wall),
    megabytes(peak),
    ...told.map((key) => (figures[key] === undefined ? "" : digits(figures[key].median))),
  ]);
  return rowsOf(header, rows);
}

function rowsOf(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [header, header.map((_, column) => (column === 0 ? "---" : "--:")), ...rows].map(
    (cells) => `| ${cells.join(" | ")} |`,
  );
}

function megabytesOf(bytes: number): string {
  return `${(bytes / 1e9).toFixed(0)} GB`;
}
