import type { Fault, FaultRule } from "../../faults.ts";

const WATCH = /[?&]watch=(?:true|1)\b/;

interface ActiveRule {
  readonly rule: FaultRule;
  hitsLeft: number;
}

/** The faults that were asked for, in the order in which they were. */
export class FaultInjector {
  readonly #rules = new Set<ActiveRule>();

  add(rule: FaultRule): () => void {
    const active = { rule, hitsLeft: rule.times ?? Number.POSITIVE_INFINITY };
    this.#rules.add(active);
    return () => void this.#rules.delete(active);
  }

  /** The fault that a request meets, which counts as a hit; null where it meets none. `url` is path and query. */
  take(method: string, url: string, userAgent = ""): Fault | null {
    for (const active of this.#rules) {
      const { rule } = active;
      if (rule.method !== undefined && rule.method !== method) continue;
      if (rule.fault.kind === "cutWatch" && !WATCH.test(url)) continue;
      // A pattern with the flag `g` remembers where it stopped.
      rule.path.lastIndex = 0;
      if (!rule.path.test(url) || rule.userAgent?.test(userAgent) === false) continue;
      active.hitsLeft -= 1;
      if (active.hitsLeft <= 0) this.#rules.delete(active);
      return rule.fault;
    }
    return null;
  }
}
