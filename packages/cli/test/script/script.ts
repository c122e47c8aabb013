/**
 * A test of the programs as a text: what is typed, what comes back, and the files around it.
 *
 * ```
 * # A comment.
 * $ sealwright seal --cert cert.pem no-name.yaml
 * exit manifest
 * stderr
 *   error: no-name.yaml: metadata.name is missing
 * -- no-name.yaml --
 * kind: Secret
 * ```
 *
 * A line is a step; indented lines below it are its text. What a run leaves on stdout or stderr and no step expects is a failure, and
 * so is an exit code other than `ok`: silence is asserted everywhere. `run-script.ts` lists the steps. After `-- NAME --` stands a
 * file of that name; `-- NAME (utf-16le) --` writes it in another encoding.
 */
export interface Script {
  readonly steps: readonly Step[];
  readonly files: readonly EmbeddedFile[];
}

export interface Step {
  /** In the script, from 1. */
  readonly line: number;
  readonly words: readonly string[];
  /** The indented lines below, each ended; null where there are none. */
  readonly text: string | null;
}

export interface EmbeddedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const FILE = /^-- (\S+)(?: \((\S+)\))? --$/;

export function parseScript(source: string): Script {
  const lines = source.split("\n");
  const firstFile = lines.findIndex((line) => FILE.test(line));
  const stepLines = firstFile === -1 ? lines : lines.slice(0, firstFile);
  return { steps: readSteps(stepLines), files: firstFile === -1 ? [] : readFiles(lines.slice(firstFile)) };
}

function readSteps(lines: readonly string[]): readonly Step[] {
  return lines.flatMap((line, index) => {
    if (line === "" || line.startsWith("#") || line.startsWith("  ")) return [];
    const below = lines.slice(index + 1);
    const end = below.findIndex((next) => !next.startsWith("  "));
    const text = (end === -1 ? below : below.slice(0, end)).map((next) => `${next.slice(2)}\n`);
    return [{ line: index + 1, words: splitWords(line), text: text.length === 0 ? null : text.join("") }];
  });
}

/** At spaces, but for those between single quotes. */
function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ""));
}

function readFiles(lines: readonly string[]): readonly EmbeddedFile[] {
  const starts = lines.flatMap((line, index) => (FILE.test(line) ? [index] : []));
  return starts.map((start, nth) => {
    const [, name = "", encoding = "utf-8"] = FILE.exec(lines[start] ?? "") ?? [];
    const content = lines.slice(start + 1, starts[nth + 1] ?? -1).map((line) => `${line}\n`);
    return { name, bytes: encode(content.join(""), encoding) };
  });
}

/** In UTF-16 there is a byte order mark. */
export function encode(text: string, encoding: string): Uint8Array {
  switch (encoding) {
    case "utf-8":
      return Buffer.from(text);
    case "utf-8-bom":
      return Buffer.from(`\ufeff${text}`);
    case "utf-16le":
      return Buffer.from(`\ufeff${text}`, "utf16le");
    case "utf-16be":
      return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
    case "latin1":
      return Buffer.from(text, "latin1");
    default:
      throw new Error(`no such encoding: ${encoding}`);
  }
}
