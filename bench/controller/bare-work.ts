import type { Contender } from "../bench.ts";
import { bareRsa } from "../core/commands.ts";
import { writeKeys } from "../core/inputs.ts";
import { liveBare } from "./bare-life.ts";
import type { Keys } from "./inputs.ts";

/** What the clock cannot do without where SealedSecrets converge, and where they are in place. */
export const BARE_WRITES =
  "a Secret and a status written for each SealedSecret, 16 at a time, by a program that does nothing else; the API server and etcd share the machine";
export const BARE_READS =
  "all SealedSecrets and the metadata of all Secrets, read once by a program that does nothing else";

/** What no controller can do without, by processor time. */
export function bareOpening(folder: string, keys: Keys): Contender {
  const { pem } = writeKeys(folder, "controller-key", keys.pems.slice(0, 1));
  return {
    limit: "2 RSA decryptions a SealedSecret by OpenSSL, on one core",
    command: (size) => bareRsa("decrypt", 2 * size, pem),
  };
}

export function bareWriting(folder: string, keys: Keys, backlog: readonly string[]): Contender {
  const run = async (size: number) => (await liveBare(folder, keys, backlog.slice(0, size))).converged;
  return { clockLimit: BARE_WRITES, run };
}
