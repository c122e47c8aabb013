/** How many letters two names may differ in and still be taken for a slip of the finger. */
const MOST_SLIPS = 2;

/** The one that somebody may have meant, or null. */
export function similarName(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let fewest = Math.min(MOST_SLIPS, Math.floor(name.length / 2)) + 1;
  for (const other of known) {
    const slips = distance(name, other);
    if (slips < fewest) [best, fewest] = [other, slips];
  }
  return best;
}

/** Letters to add, leave out or exchange. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST_SLIPS) return MOST_SLIPS + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const exchanged = (row[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      next.push(Math.min((row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, exchanged));
    }
    row = next;
  }
  return row[b.length] ?? MOST_SLIPS + 1;
}
