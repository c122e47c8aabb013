import { SourceText } from "./source-text.ts";

const SEPARATOR = "---";
const BYTE_ORDER_MARK = "\ufeff";

/**
 * The parts of a text between the lines that start with `---`, wherever these stand, as Kubernetes' YAMLReader finds them. A part
 * may be blank, hold comments alone, or be a stream of JSON objects. It ends in a line feed even where the text does not.
 */
export function* splitDocuments(text: string): Generator<SourceText> {
  const lines = withLineFeeds(text);
  let start = 0;
  let line = 1;
  while (start < lines.length) {
    const end = nextSeparator(lines, start);
    const part = new SourceText(lines.slice(start, end), line);
    yield part;
    if (end === lines.length) return;
    line = part.lineOf(part.text.length);
    start = afterSeparator(lines, end, line);
    line += 1;
  }
}

/** The text as it is read: without a byte order mark, its lines ended by line feeds, the last one too. */
export function withLineFeeds(text: string): string {
  const unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
  const lines = unmarked.includes("\r\n") ? unmarked.replaceAll("\r\n", "\n") : unmarked;
  return lines.endsWith("\n") ? lines : `${lines}\n`;
}

/** Where the next line that starts with `---` starts, or the text's end. */
function nextSeparator(lines: string, start: number): number {
  if (lines.startsWith(SEPARATOR, start)) return start;
  const feed = lines.indexOf(`\n${SEPARATOR}`, start);
  return feed === -1 ? lines.length : feed + 1;
}

/** Where the line after a separator starts. */
function afterSeparator(lines: string, separator: number, line: number): number {
  const feed = lines.indexOf("\n", separator);
  const rest = lines.slice(separator + SEPARATOR.length, feed);
  if (!/^\s*$|^\s+#/.test(rest)) throw new SourceText("", line).fault("bad_separator", 0);
  return feed + 1;
}
