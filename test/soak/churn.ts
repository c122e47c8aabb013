import { base64 } from "../e2e/controller-world.ts";
import type { FaultWorld } from "../faults/fault-world.ts";

/** SealedSecrets that live at the same time, at most. */
const NAMES = Array.from({ length: 40 }, (_, index) => `churn-${index}`);
/** In so many minutes a new sealing key is made. */
const KEY_PERIOD = 15;
/** More repairs of one Secret than these, in so little time, would be a quarrel, and the controller ever slower to go on with it. */
const MOST_REPAIRS = 3;
/** One change a second. */
const CHANGES = 60;

/** What happens to SealedSecrets and Secrets in a cluster that is in use, drawn from a seed. */
export class Churn {
  readonly #world: FaultWorld;
  readonly #random: () => number;
  readonly #alive = new Set<string>();
  readonly #broken = new Set<string>();
  /** How often somebody else had to do with each Secret, since its SealedSecret is there. */
  readonly #repairs = new Map<string, number>();

  constructor(world: FaultWorld, random: () => number) {
    this.#world = world;
    this.#random = random;
  }

  /** A minute's changes, one after another without a pause; resolves when all is well again after them. */
  async minute(number: number): Promise<void> {
    this.#disturb();
    for (let change = 0; change < CHANGES; change += 1) await this.#change();
    this.#world.heal();
    if (number % KEY_PERIOD === KEY_PERIOD - 1) this.#world.controller.signal("SIGUSR1");
    for (const name of this.#broken) await this.#seal(name);
    await this.#world.converged();
  }

  async #change(): Promise<void> {
    const name = this.#pick(NAMES);
    if (!this.#alive.has(name)) return this.#seal(name);
    const kinds = [
      () => this.#seal(name),
      () => this.#seal(name),
      () => this.#remove(name),
      () => this.#meddle(name),
      () => this.#meddle(name),
      () => this.#break(name),
      () => this.#label(name),
    ];
    await this.#pick(kinds)();
  }

  async #seal(name: string): Promise<void> {
    this.#alive.add(name);
    this.#broken.delete(name);
    await this.#world.plant(name);
  }

  async #remove(name: string): Promise<void> {
    this.#alive.delete(name);
    this.#repairs.delete(name);
    this.#broken.delete(name);
    await this.#world.remove(name);
  }

  /** Somebody changes or deletes a Secret, where there is one already. */
  async #meddle(name: string): Promise<void> {
    const repairs = this.#repairs.get(name) ?? 0;
    if (repairs === MOST_REPAIRS) return this.#remove(name);
    this.#repairs.set(name, repairs + 1);
    const { cluster, secretsPath } = this.#world;
    const path = `${secretsPath}/${name}`;
    if (this.#random() < 0.5) await cluster.admin.request("DELETE", path);
    else await cluster.admin.request("PATCH", path, merging({ data: { password: base64("theirs") } }));
  }

  async #break(name: string): Promise<void> {
    this.#broken.add(name);
    await this.#patch(name, { spec: { encryptedData: { password: this.#pick(["AAAA", "no base64", ""]) } } });
  }

  async #label(name: string): Promise<void> {
    await this.#patch(name, { metadata: { labels: { seen: `${Math.floor(this.#random() * 1e9)}` } } });
  }

  async #patch(name: string, body: unknown): Promise<void> {
    await this.#world.cluster.admin.request("PATCH", `${this.#world.sealedSecretsPath}/${name}`, merging(body));
  }

  /** What goes wrong in this minute with requests and watches, where the cluster can have something go wrong. */
  #disturb(): void {
    const { faults } = this.#world.cluster;
    if (faults === null) return;
    const path = /secrets/;
    const kinds = [
      () => {},
      () => faults.closeWatches(),
      () => faults.compact(),
      () => this.#world.inject({ kind: "answer", code: 500 }, { path, times: 10 }),
      () => this.#world.inject({ kind: "answer", code: 409 }, { path, method: "PUT", times: 5 }),
      () => this.#world.inject({ kind: "drop" }, { path, times: 5 }),
      () => this.#world.inject({ kind: "cutWatch", afterEvents: 3 }, { times: 3 }),
    ];
    this.#pick(kinds)();
  }

  #pick<T>(of: readonly [T, ...T[]] | readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)] as T;
  }
}

function merging(body: unknown) {
  return { headers: { "content-type": "application/merge-patch+json" }, body };
}
