/** Names of levels, by the name of their dimension. Where several rows serve alike, the levels that come first are taken. */
export type Dimensions = Readonly<Record<string, readonly string[]>>;

/** One level of each dimension. */
export type Row<D extends Dimensions> = { readonly [Name in keyof D]: D[Name][number] };

/**
 * Few rows in which every pair of levels occurs that any possible row has: of all possible rows, again and again the first that has the
 * most pairs which are still to come. The same rows at every call.
 */
export function allPairs<const D extends Dimensions>(
  dimensions: D,
  possible: (row: Row<D>) => boolean = () => true,
): readonly Row<D>[] {
  const rows = product(dimensions)
    .filter(possible)
    .map((row) => ({ row, pairs: pairsOf(row) }));
  const missing = new Set(rows.flatMap(({ pairs }) => pairs));
  const gain = (pairs: readonly string[]) => pairs.filter((pair) => missing.has(pair)).length;
  const chosen: Row<D>[] = [];
  while (missing.size > 0) {
    const [first, ...others] = rows.map(({ row, pairs }) => ({ row, pairs, gain: gain(pairs) }));
    const best = others.reduce((most, other) => (other.gain > (most?.gain ?? 0) ? other : most), first);
    if (best === undefined) break;
    chosen.push(best.row);
    for (const pair of best.pairs) missing.delete(pair);
  }
  return chosen;
}

/** All pairs of levels of a row: `scope strict, type Opaque`. */
export function pairsOf(row: Readonly<Record<string, string>>): readonly string[] {
  const levels = Object.entries(row).map(([name, level]) => `${name} ${level}`);
  return levels.flatMap((one, index) => levels.slice(index + 1).map((other) => `${one}, ${other}`));
}

/** Every row that the dimensions allow. */
export function product<const D extends Dimensions>(dimensions: D): readonly Row<D>[] {
  const rows = Object.entries(dimensions).reduce<readonly Readonly<Record<string, string>>[]>(
    (all, [name, levels]) => all.flatMap((row) => levels.map((level) => ({ ...row, [name]: level }))),
    [{}],
  );
  return rows as readonly Row<D>[];
}
