/** Between two columns. */
const GAP = "  ";
/** Columns of the terminal that the last one must have to stand beside the others. */
const NARROW = 24;

/** A cell of a row as it is to be shown, padded as it is: in colour. */
export type CellPainter = (text: string, row: number, column: number) => string;

/**
 * Rows below a head, in columns. On a terminal of that width the last column is wrapped at its words, and where nearly nothing is left
 * for it, it stands below the others. Cells hold printable characters alone.
 *
 * @param width in characters; null where lines may have any length
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | null,
  paint: CellPainter = (text) => text,
): string {
  const all = [head, ...rows];
  const widths = head.slice(0, -1).map((_, column) => Math.max(...all.map((cells) => (cells[column] ?? "").length)));
  const indent = widths.reduce((sum, each) => sum + each + GAP.length, 0);
  const room = width === null ? Infinity : width - indent;
  return all
    .map((cells, index) => {
      const front = widths.map((each, column) => (cells[column] ?? "").padEnd(each) + GAP);
      const painted = index === 0 ? front : front.map((text, column) => paint(text, index - 1, column));
      return line(painted.join(""), cells[widths.length] ?? "", { room, indent, width });
    })
    .join("");
}

interface Measures {
  /** Characters for the last column, and in front of it. */
  readonly room: number;
  readonly indent: number;
  readonly width: number | null;
}

function line(front: string, last: string, { room, indent, width }: Measures): string {
  if (last.length <= room) return `${(front + last).trimEnd()}\n`;
  if (room >= NARROW) return `${front}${wrap(last, room).join(`\n${" ".repeat(indent)}`)}\n`;
  const margin = "    ";
  const below = wrap(last, Math.max(NARROW, (width ?? 0) - margin.length));
  return `${[front.trimEnd(), ...below.map((part) => margin + part)].join("\n")}\n`;
}

/** Parts of so many characters at most, broken at spaces where there are any. */
function wrap(text: string, room: number): readonly string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > room) {
    const space = rest.lastIndexOf(" ", room);
    const end = space > 0 ? space : room;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...parts, rest];
}
