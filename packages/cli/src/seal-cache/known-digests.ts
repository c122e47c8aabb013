/** Lookups for which a text is searched as it is; for more, it is taken apart first. */
const FEW = 16;
const LINE = /^(\d{1,6}) ([\w-]{43})$/;

/** The file of the cache: lines `DAY DIGEST`, of which the last one with a digest counts. What is no such line is passed over. */
export class KnownDigests {
  readonly #text: string;
  #lookups = 0;
  #days: ReadonlyMap<string, number> | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** The day that it was last used. */
  dayOf(digest: string): number | undefined {
    this.#lookups += 1;
    return this.#days === null && this.#lookups <= FEW ? this.#find(digest) : this.all().get(digest);
  }

  /** The days, by digest; those that were last used are the last. */
  all(): ReadonlyMap<string, number> {
    this.#days ??= daysIn(this.#text);
    return this.#days;
  }

  #find(digest: string): number | undefined {
    let day: number | undefined;
    for (let at = this.#text.indexOf(digest); at !== -1; at = this.#text.indexOf(digest, at + 1)) {
      const start = this.#text.lastIndexOf("\n", at) + 1;
      const [, found] = LINE.exec(this.#text.slice(start, at + digest.length)) ?? [];
      if (found !== undefined && isAtEndOfLine(this.#text, at + digest.length)) day = Number(found);
    }
    return day;
  }
}

function isAtEndOfLine(text: string, at: number): boolean {
  return at === text.length || text[at] === "\n";
}

function daysIn(text: string): ReadonlyMap<string, number> {
  const days = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, day, digest] = LINE.exec(line) ?? [];
    if (day === undefined || digest === undefined) continue;
    days.delete(digest);
    days.set(digest, Number(day));
  }
  return days;
}
