/** A pod network of which only the addresses exist: each stands for a port on this machine's loopback. */
export class PodAddresses {
  readonly #ports = new Map<string, number>();

  /** Adds a pod and gives its address. */
  add(loopbackPort: number): string {
    const count = this.#ports.size + 1;
    const address = `10.99.${count >> 8}.${count & 255}`;
    this.#ports.set(address, loopbackPort);
    return address;
  }

  /** Lets a pod's address stand for another port. */
  move(address: string, loopbackPort: number): void {
    this.#ports.set(address, loopbackPort);
  }

  /** Undefined where no pod has the address. */
  portOf(address: string): number | undefined {
    return this.#ports.get(address);
  }
}
