import { randomBytes } from "node:crypto";
import type { Certificate } from "@sealwright/core";
import type { Cluster } from "../cluster/cluster.ts";
import type { Fault, FaultRule } from "../cluster/faults.ts";
import { until } from "../cluster/until.ts";
import { base64, ControllerWorld } from "../e2e/controller-world.ts";
import { type Controller, type ControllerOptions, startController } from "../programs/controller.ts";

/** How long it may take until all is well again after the last fault. */
const CONVERGENCE_MS = 60_000;

/** A controller that fails and heals, and the SealedSecrets that must come through it. */
export class FaultWorld extends ControllerWorld {
  readonly controller: Controller;
  readonly #certificate: Certificate;
  readonly #values = new Map<string, string>();
  readonly #rules: (() => void)[] = [];

  private constructor(cluster: Cluster, controller: Controller, certificate: Certificate) {
    super(cluster, "shop");
    this.controller = controller;
    this.#certificate = certificate;
  }

  static async start(cluster: Cluster, { args = [], ...options }: ControllerOptions = {}): Promise<FaultWorld> {
    // What is audited stands in the log too, and is searched for values with it.
    const all = [...args, "--listen-metrics-addr=127.0.0.1:0", "--audit-log=-"];
    const controller = await startController(cluster, { args: all, ...options });
    const certificate = await new ControllerWorld(cluster, "shop").certificateOf(controller.url);
    const world = new FaultWorld(cluster, controller, certificate);
    await world.makeNamespace();
    return world;
  }

  /** Seals a value that stands nowhere else under each name, over what is there. Survives an API server that is away. */
  async plant(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const value = `plaintext-${randomBytes(12).toString("hex")}`;
      const sealed = await this.seal(this.#certificate, name, { password: value });
      this.#values.set(name, value);
      await until(() => this.apply(sealed).then(() => true, isAway), { what: `${name} to be taken` });
    }
  }

  /** Takes a SealedSecret away, and from then on expects no Secret. */
  async remove(name: string): Promise<void> {
    this.#values.delete(name);
    await this.cluster.admin.expectOk("DELETE", `${this.sealedSecretsPath}/${name}`);
  }

  /** Has the controller's own requests meet a fault. */
  inject(fault: Fault, rule: Partial<FaultRule> = {}): void {
    const { faults } = this.cluster;
    if (faults === null) throw new Error("this cluster has no faults to inject");
    this.#rules.push(faults.add({ path: /./, userAgent: /^sealwright-controller/, ...rule, fault }));
  }

  /** Takes all faults away. */
  heal(): void {
    for (const remove of this.#rules.splice(0)) remove();
  }

  /** Resolves when every Secret is what was sealed last, no other is there, and every status says so. */
  async converged(): Promise<void> {
    const timeoutMs = CONVERGENCE_MS;
    for (const [name, value] of this.#values) {
      const isRight = async () => {
        const [secret, { metadata, status }] = await Promise.all([this.secret(name), this.sealedSecret(name)]);
        const synced = status?.conditions?.find(({ type }) => type === "Synced")?.status;
        const current = status?.observedGeneration === metadata.generation && synced === "True";
        return current && secret?.data?.["password"] === base64(value);
      };
      await until(() => isRight().catch(isAway), { what: `${name} to be well again`, timeoutMs });
    }
    const names = async () => {
      const list = await this.cluster.admin.expectOk("GET", this.secretsPath);
      return (list as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
    };
    await until(async () => (await names()).every((name) => this.#values.has(name)), { what: "no other Secret" });
  }

  async stop(): Promise<number | null> {
    return this.controller.stop();
  }
}

/** A request that failed because nobody was there to answer; the next one may be luckier. */
function isAway(): false {
  return false;
}
