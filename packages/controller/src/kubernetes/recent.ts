/** What was asked for lately, by key; what was not for the longest time is forgotten, so that it never grows beyond a size. */
export class Recent<V> {
  readonly #size: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** @param size at least so many are remembered, and never more than twice as many */
  constructor(size: number) {
    this.#size = size;
  }

  /** The value of a key, made where it is not remembered. */
  get(key: string, make: () => V): V {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const value = this.#old.get(key) ?? make();
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }
}
