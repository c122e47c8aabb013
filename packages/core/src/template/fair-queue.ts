/** A queue in which owners take turns, those first who have cost the least so far. */
export class FairQueue<T> {
  readonly #costOf: (owner: string) => number;
  /** What of each owner waits, in order of arrival, those in front who had no turn for longest. None is empty. */
  readonly #waiting = new Map<string, T[]>();

  constructor(costOf: (owner: string) => number) {
    this.#costOf = costOf;
  }

  add(owner: string, entry: T): void {
    const entries = this.#waiting.get(owner);
    if (entries === undefined) this.#waiting.set(owner, [entry]);
    else entries.push(entry);
  }

  /** How many entries of an owner wait. */
  countOf(owner: string): number {
    return this.#waiting.get(owner)?.length ?? 0;
  }

  /** Takes out all that an owner has waiting but the first so many entries. */
  removeAfter(owner: string, kept: number): readonly T[] {
    return this.#waiting.get(owner)?.splice(kept) ?? [];
  }

  /** Takes out the next entry; undefined where nothing waits. */
  next(): T | undefined {
    const owner = this.#nextOwner();
    if (owner === undefined) return undefined;
    const entries = this.#waiting.get(owner) ?? [];
    const entry = entries.shift();
    this.#waiting.delete(owner);
    if (entries.length > 0) this.#waiting.set(owner, entries);
    return entry;
  }

  #nextOwner(): string | undefined {
    let cheapest: { readonly owner: string; readonly cost: number } | undefined;
    for (const owner of this.#waiting.keys()) {
      const cost = this.#costOf(owner);
      if (cheapest === undefined || cost < cheapest.cost) cheapest = { owner, cost };
    }
    return cheapest?.owner;
  }
}
