/**
 * Patterns of paths, with `/` between segments on every system:
 *
 *     *        any characters of one segment, also a dot at its start
 *     ?        one character of it
 *     [abc]    one of these; [a-z] and [!a] as in a shell
 *     **       any number of segments, none included
 *     {a,b}    either
 *     \*       the character itself
 *
 * Node's own matcher passes over names that start with a dot, and warns on stderr where it still counts as an experiment.
 */
export interface Glob {
  matches(path: string): boolean;
}

/** How many patterns braces may stand for. */
const MAX_ALTERNATIVES = 1_000;

export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

/** @returns null where brackets or braces are not closed, or braces stand for too many patterns */
export function parseGlob(pattern: string): Glob | null {
  const alternatives = expandBraces(pattern);
  if (alternatives === null) return null;
  const parsed = alternatives.map((each) => each.split("/").map(parseSegment));
  if (parsed.some((segments) => segments.includes(null))) return null;
  const globs = parsed as readonly (readonly Segment[])[];
  return { matches: (path) => globs.some((segments) => matchesSegments(segments, path.split("/"))) };
}

/** The segments of a pattern before the first that is no plain name: where a search begins. */
export function plainStart(pattern: string): string {
  const segments = pattern.split("/");
  const first = segments.findIndex((segment) => isGlob(segment));
  return segments.slice(0, first === -1 ? segments.length : first).join("/");
}

type Segment = "any segments" | readonly Token[];
type Token = "any characters" | ((character: string) => boolean);

function expandBraces(pattern: string): readonly string[] | null {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const start = findPlain(next, "{", 0);
    if (start === -1) {
      done.push(next);
    } else {
      const group = readGroup(next, start);
      if (group === null) return null;
      for (const choice of group.choices) open.push(next.slice(0, start) + choice + next.slice(group.end));
    }
    if (done.length + open.length > MAX_ALTERNATIVES) return null;
  }
  return done;
}

/** Where a character stands that no backslash precedes. */
function findPlain(text: string, character: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === character) return index;
  }
  return -1;
}

function readGroup(text: string, start: number): { readonly choices: readonly string[]; readonly end: number } | null {
  const choices: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (character === "\\") index += 1;
    else if (character === "{") depth += 1;
    else if (character === "," && depth === 1) {
      choices.push(text.slice(from, index));
      from = index + 1;
    } else if (character === "}") {
      depth -= 1;
      if (depth === 0) return { choices: [...choices, text.slice(from, index)], end: index + 1 };
    }
  }
  return null;
}

function parseSegment(text: string): Segment | null {
  if (text === "**") return "any segments";
  const tokens: Token[] = [];
  const characters = [...text];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? "";
    if (character === "*") {
      if (tokens.at(-1) !== "any characters") tokens.push("any characters");
    } else if (character === "?") {
      tokens.push(() => true);
    } else if (character === "[") {
      const end = characters.indexOf("]", index + 2);
      if (end === -1) return null;
      tokens.push(parseClass(characters.slice(index + 1, end)));
      index = end;
    } else {
      const plain = character === "\\" && index + 1 < characters.length ? characters[++index] : character;
      tokens.push((other) => other === plain);
    }
  }
  return tokens;
}

function parseClass(characters: readonly string[]): (character: string) => boolean {
  const isNegated = characters[0] === "!" || characters[0] === "^";
  const members = isNegated ? characters.slice(1) : characters;
  const ranges: (readonly [string, string])[] = [];
  for (let index = 0; index < members.length; index += 1) {
    const first = members[index] ?? "";
    const isRange = members[index + 1] === "-" && index + 2 < members.length;
    ranges.push([first, isRange ? (members[index + 2] ?? "") : first]);
    if (isRange) index += 2;
  }
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== isNegated;
}

function matchesSegments(pattern: readonly Segment[], path: readonly string[]): boolean {
  return matchesGreedily(pattern, path, {
    isWild: (segment) => segment === "any segments",
    matches: (segment, name) => segment !== "any segments" && matchesSegment(segment, [...name]),
  });
}

function matchesSegment(tokens: readonly Token[], characters: readonly string[]): boolean {
  return matchesGreedily(tokens, characters, {
    isWild: (token) => token === "any characters",
    matches: (token, character) => token !== "any characters" && token(character),
  });
}

interface Comparison<P, T> {
  readonly isWild: (part: P) => boolean;
  readonly matches: (part: P, thing: T) => boolean;
}

/** The last wildcard alone is ever widened: the time is bounded by the product of both lengths, whatever the pattern. */
function matchesGreedily<P, T>(
  pattern: readonly P[],
  things: readonly T[],
  { isWild, matches }: Comparison<P, T>,
): boolean {
  let at = 0;
  let next = 0;
  let wildAt = -1;
  let widenedTo = 0;
  while (next < things.length) {
    const part = pattern[at];
    if (at < pattern.length && isWild(part as P)) {
      wildAt = at;
      widenedTo = next;
      at += 1;
    } else if (at < pattern.length && matches(part as P, things[next] as T)) {
      at += 1;
      next += 1;
    } else if (wildAt !== -1) {
      at = wildAt + 1;
      widenedTo += 1;
      next = widenedTo;
    } else {
      return false;
    }
  }
  while (at < pattern.length && isWild(pattern[at] as P)) at += 1;
  return at === pattern.length;
}
