/** go-yaml starts a new line at a space beyond this column. */
const WIDTH = 80;

/** Where a scalar starts, counted from 0, and how its further lines are indented. */
export interface Place {
  readonly column: number;
  readonly margin: string;
}

/** Joins a scalar's characters, escaped as they are, and breaks the line at spaces as go-yaml does; no place, no break. */
export function fold(
  characters: readonly string[],
  style: "plain" | "single" | "double",
  place: Place | undefined,
): string {
  const line = characters.join("");
  if (place === undefined || place.column + line.length <= WIDTH) return line;
  const last = characters.length - 1;
  let folded = "";
  let column = place.column + (style === "plain" ? 0 : 1);
  for (const [index, character] of characters.entries()) {
    const isSingleSpace = character === " " && characters[index - 1] !== " ";
    const isBeforeSpace = characters[index + 1] === " ";
    if (isSingleSpace && column > WIDTH && index > 0 && index < last && (style === "double" || !isBeforeSpace)) {
      // The line break reads as the space; one after it needs an escape so as not to be taken for indentation.
      const start = place.margin + (isBeforeSpace ? "\\" : "");
      folded += `\n${start}`;
      column = start.length;
    } else {
      folded += character;
      column += character.length;
    }
  }
  return folded;
}
