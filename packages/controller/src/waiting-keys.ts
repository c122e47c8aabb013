/**
 * How much a key is wanted: something has just changed; one of many that came together, as in the first list or after a new key; a
 * retry of what failed.
 */
export type Urgency = "changed" | "backlog" | "retry";

export const URGENCIES: readonly Urgency[] = ["changed", "backlog", "retry"];

/** A key in the line, and since when: milliseconds on a clock that never jumps. */
export interface Place {
  readonly key: string;
  readonly urgency: Urgency;
  readonly since: number;
}

/** Of so many keys one is taken from a line that would else wait until the more urgent ones are empty. */
const BACKLOG_SHARE = 8;
const RETRY_SHARE = 64;

/**
 * Keys (`namespace/name`) that wait, each once. The more urgent go first, but for a small share that keeps the others moving; within one
 * urgency the namespaces take turns, so that ten thousand objects of one do not stand before a single one of another. Adding and
 * taking cost the same however many there are.
 */
export class WaitingKeys {
  readonly #places = new Map<string, Place>();
  readonly #lines = new Map(URGENCIES.map((urgency) => [urgency, new Line((place) => this.#isCurrent(place))]));
  readonly #depths = new Map<Urgency, number>();
  #taken = 0;

  get size(): number {
    return this.#places.size;
  }

  depth(urgency: Urgency): number {
    return this.#depths.get(urgency) ?? 0;
  }

  /** Since when the one that came first has waited, or null where none does. Costs a look at each namespace. */
  oldest(urgency: Urgency): number | null {
    return this.#lines.get(urgency)?.oldest() ?? null;
  }

  /** Puts a key in its line. One that waits keeps its place, unless it is wanted more urgently now. */
  add(key: string, urgency: Urgency, now: number): void {
    const before = this.#places.get(key);
    if (before !== undefined) {
      if (!isMoreUrgent(urgency, before.urgency)) return;
      this.#count(before.urgency, -1);
    }
    const place = { key, urgency, since: now };
    this.#places.set(key, place);
    this.#lines.get(urgency)?.push(place);
    this.#count(urgency, 1);
  }

  /** Takes the next one out; null where none waits. */
  take(): Place | null {
    if (this.size === 0) return null;
    this.#taken += 1;
    for (const urgency of orderOfTurn(this.#taken)) {
      const place = this.#lines.get(urgency)?.shift();
      if (place === undefined) continue;
      this.#places.delete(place.key);
      this.#count(urgency, -1);
      return place;
    }
    return null;
  }

  /** What moved up leaves its old place behind in the line. */
  #isCurrent(place: Place): boolean {
    return this.#places.get(place.key) === place;
  }

  #count(urgency: Urgency, by: number): void {
    this.#depths.set(urgency, this.depth(urgency) + by);
  }
}

/** The more urgent of two. */
export function mostUrgent(a: Urgency, b: Urgency | undefined): Urgency {
  return b !== undefined && isMoreUrgent(b, a) ? b : a;
}

function isMoreUrgent(a: Urgency, b: Urgency): boolean {
  return URGENCIES.indexOf(a) < URGENCIES.indexOf(b);
}

function orderOfTurn(turn: number): readonly Urgency[] {
  if (turn % RETRY_SHARE === 0) return ["retry", "changed", "backlog"];
  if (turn % BACKLOG_SHARE === 0) return ["backlog", "changed", "retry"];
  return URGENCIES;
}

/** Places of one urgency: in order of arrival within a namespace, and the namespaces by turns. */
class Line {
  readonly #isCurrent: (place: Place) => boolean;
  readonly #namespaces = new Map<string, Fifo<Place>>();
  readonly #turns = new Fifo<string>();

  constructor(isCurrent: (place: Place) => boolean) {
    this.#isCurrent = isCurrent;
  }

  push(place: Place): void {
    const namespace = place.key.slice(0, place.key.indexOf("/"));
    const places = this.#namespaces.get(namespace);
    places?.push(place);
    if (places !== undefined) return;
    this.#namespaces.set(namespace, new Fifo(place));
    this.#turns.push(namespace);
  }

  shift(): Place | undefined {
    for (;;) {
      const namespace = this.#turns.shift();
      if (namespace === undefined) return undefined;
      const places = this.#namespaces.get(namespace);
      const place = this.#first(places);
      places?.shift();
      if (this.#first(places) === undefined) this.#namespaces.delete(namespace);
      else this.#turns.push(namespace);
      if (place !== undefined) return place;
    }
  }

  oldest(): number | null {
    let oldest: number | null = null;
    for (const places of this.#namespaces.values()) {
      const since = this.#first(places)?.since;
      if (since !== undefined && (oldest === null || since < oldest)) oldest = since;
    }
    return oldest;
  }

  /** Drops what has left its place here, up to the first that has not. */
  #first(places: Fifo<Place> | undefined): Place | undefined {
    for (;;) {
      const place = places?.first;
      if (place === undefined || this.#isCurrent(place)) return place;
      places?.shift();
    }
  }
}

/** An array's own `shift` moves all that is left. */
class Fifo<T> {
  #items: T[];
  #head = 0;

  constructor(...items: T[]) {
    this.#items = items;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    this.#head += 1;
    // Half of it is spent: what is moved now was paid for by as many takes.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
