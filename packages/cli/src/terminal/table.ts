/** Between two columns. */
const GAP = "  ";
/** Columns of the terminal that the last one must have to stand beside the others. */
const NARROW = 24;

/**
 * Rows below a head, in columns. On a terminal of that width the last column is wrapped at its words, and where nearly nothing is left
 * for it, it stands below the others. Cells hold printable characters alone.
 *
 * @param width in characters; null where lines may have any length
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width: number | null): string {
  const lines = [head, ...rows];
  const widths = head.slice(0, -1).map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? "").length)));
  const indent = widths.reduce((sum, each) => sum + each + GAP.length, 0);
  return lines.map((cells) => line(cells, widths, width === null ? Infinity : width - indent, width)).join("");
}

function line(cells: readonly string[], widths: readonly number[], room: number, width: number | null): string {
  const front = widths.map((each, column) => (cells[column] ?? "").padEnd(each) + GAP).join("");
  const last = cells[widths.length] ?? "";
  if (last.length <= room) return `${(front + last).trimEnd()}\n`;
  if (room >= NARROW) return `${front}${wrap(last, room).join(`\n${" ".repeat(front.length)}`)}\n`;
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
