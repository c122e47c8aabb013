const ONLY_ASCII_LETTERS = /^[A-Za-z]*$/;
const ASCII = /^[\0-\x7f]$/;

/** The order in which go-yaml sorts the keys of a mapping: letters after everything else, digits by the number that they make. */
export function compareKeys(a: string, b: string): number {
  if (ONLY_ASCII_LETTERS.test(a) && ONLY_ASCII_LETTERS.test(b)) return a === b ? 0 : a < b ? -1 : 1;
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((character, index) => character !== right[index]);
  const [x, y] = [left[at], right[at]];
  if (x === undefined || y === undefined) return left.length - right.length;
  const [isLeftLetter, isRightLetter] = [isLetter(x), isLetter(y)];
  if (isLeftLetter !== isRightLetter) return isRightLetter ? -1 : 1;
  const byNumber = isLeftLetter ? 0 : compareNumbers(left, right, at);
  return byNumber !== 0 ? byNumber : codePoint(x) - codePoint(y);
}

/** By value, and with leading zeros by length: these are no leading zeros where the number began before them. */
function compareNumbers(left: readonly string[], right: readonly string[], at: number): number {
  const prefix = (left[at] === "0" || right[at] === "0") && endsInNumber(left, at) ? "1" : "";
  const [x, y] = [digitsFrom(left, at), digitsFrom(right, at)];
  const byValue = Number(prefix + x) - Number(prefix + y);
  return byValue !== 0 ? byValue : x.length - y.length;
}

/** Whether the digits before a place are more than zeros. */
function endsInNumber(characters: readonly string[], at: number): boolean {
  for (let index = at - 1; index >= 0 && isDigit(characters[index] ?? ""); index -= 1) {
    if (characters[index] !== "0") return true;
  }
  return false;
}

function digitsFrom(characters: readonly string[], at: number): string {
  let end = at;
  while (isDigit(characters[end] ?? "")) end += 1;
  return characters.slice(at, end).join("");
}

/** The classes of Unicode take a millisecond to build: they stand where ASCII does not do, and not for everyone to load. */
function isLetter(character: string): boolean {
  return ASCII.test(character) ? /[A-Za-z]/.test(character) : /^\p{L}$/u.test(character);
}

function isDigit(character: string): boolean {
  return ASCII.test(character) ? /[0-9]/.test(character) : /^\p{Nd}$/u.test(character);
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}
