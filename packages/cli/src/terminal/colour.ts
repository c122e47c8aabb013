import type { Io, Output } from "../io.ts";

export type Colour = "red" | "yellow" | "cyan";

/** Puts words into colour, or leaves them. */
export type Paint = (text: string, colour: Colour) => string;

const CODES: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, cyan: 36 };

/** In colour on a terminal that nobody has asked to stay plain (https://no-color.org). */
export function painter(output: Pick<Output, "isTerminal">, env: Io["env"]): Paint {
  const isPlain = output.isTerminal !== true || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return isPlain ? (text) => text : (text, colour) => `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}

const LABELS: ReadonlyMap<string, Colour> = new Map([
  ["error", "red"],
  ["warning", "yellow"],
  ["hint", "cyan"],
]);

/** Paints what lines of stderr begin with, and nothing of what they say. */
export function paintLabels(lines: string, paint: Paint): string {
  return lines.replace(/^(\w+)(?=: )/gm, (word) => {
    const colour = LABELS.get(word);
    return colour === undefined ? word : paint(word, colour);
  });
}
