const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(?:,|$)/gy;

/**
 * One line of comma separated fields (RFC 4180), as Go's flags take lists: a field with a comma in it stands in double quotes.
 *
 * @returns null where the quotes do not match
 */
export function readCsv(line: string): readonly string[] | null {
  if (line === "") return [];
  const fields: string[] = [];
  // A comma at the end starts one more field, which is empty; a match of nothing there is how it shows.
  const text = line.endsWith(",") ? `${line}""` : line;
  let end = 0;
  for (const [match, quoted, bare = ""] of text.matchAll(FIELD)) {
    if (end === text.length) break;
    fields.push(quoted?.replaceAll('""', '"') ?? bare);
    end += match.length;
  }
  return end === text.length ? fields : null;
}
