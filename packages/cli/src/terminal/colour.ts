import type { Io, Output } from "../io.ts";

export type Colour = "red" | "yellow" | "cyan";

const CODES: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, cyan: 36 };

/** Puts words into colour, on a terminal that nobody has asked to stay plain (https://no-color.org). */
export function painter(output: Output, env: Io["env"]): (text: string, colour: Colour) => string {
  const isPlain = output.isTerminal !== true || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return isPlain ? (text) => text : (text, colour) => `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}
