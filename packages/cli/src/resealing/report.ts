import { count } from "../project/render-problem.ts";

/** What became of one file that holds SealedSecrets. */
export type FileOutcome =
  | { readonly outcome: "resealed"; readonly path: string; readonly items: number }
  /** All of it is sealed to that key already. */
  | { readonly outcome: "current"; readonly path: string }
  /** It is as it was. The reason is a sentence that names the file. */
  | { readonly outcome: "failed"; readonly path: string; readonly reason: string };

/** What became of all of them. */
export interface ResealReport {
  readonly isDryRun: boolean;
  /** In the order of their paths. */
  readonly files: readonly FileOutcome[];
  /** How many files were not come to. */
  readonly remaining: number;
}

/** For people: a line for each file that was or could not be resealed, and the sum. */
export function reportAsText({ isDryRun, files, remaining }: ResealReport): string {
  const lines = files.flatMap((file) => {
    if (file.outcome === "resealed") return [`${verb(isDryRun)} ${file.path}: ${count(file.items, "item")}`];
    return file.outcome === "failed" ? [`failed ${file.reason}`] : [];
  });
  const sum = [
    `${count(number(files, "resealed"), "file")} ${isDryRun ? "to reseal" : "resealed"}`,
    `${number(files, "current")} current already`,
    `${number(files, "failed")} failed`,
    ...(remaining === 0 ? [] : [`${remaining} not come to`]),
  ];
  return [...lines, sum.join(", ")].map((line) => `${line}\n`).join("");
}

/** For programs. Fields may be added; none changes its meaning. */
export function reportAsJson({ isDryRun, files, remaining }: ResealReport): string {
  return `${JSON.stringify({ version: 1, dryRun: isDryRun, remaining, files }, null, 2)}\n`;
}

export function number(files: readonly FileOutcome[], outcome: FileOutcome["outcome"]): number {
  return files.filter((file) => file.outcome === outcome).length;
}

function verb(isDryRun: boolean): string {
  return isDryRun ? "would reseal" : "resealed";
}
