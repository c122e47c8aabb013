import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { SealingKeyPem } from "@sealwright/core";
import type { Series } from "../bench.ts";
import { bareRsa, ours, theirs } from "./commands.ts";
import { readKeys, sealAll, secrets, writeKeys, writeSizes } from "./inputs.ts";
import { assertSameValues } from "./same-work.ts";

const SIZES = [0, 20, 100, 400];
/** More on all cores: what the threads take to start, once, is inside. */
const SIZES_ON_ALL_CORES = [0, 800];
const CORES = availableParallelism();
/** Callers at the same time, as in the controller. */
const CALLERS = 16;
const LIMIT = "2 RSA decryptions a document by OpenSSL, without padding, format or JSON";
const ABOUT =
  "Documents of 2 items, a key of 4096 bits, a template engine at hand and no template: none is started. Reading and writing JSON is inside, for both.";

export async function unseal(folder: string, pems: readonly SealingKeyPem[]): Promise<Series> {
  const { unsealOurs, unsealTheirs, outputs, keyFile } = await prepare(folder, pems, SIZES);
  await assertSameValues(
    { command: unsealOurs({ callers: 1, threads: 0 })(20), output: outputs.ours },
    { command: unsealTheirs(1)(20), output: outputs.theirs },
  );
  return {
    title: "Unseal, one core",
    about: ABOUT,
    unit: "document",
    sizes: SIZES,
    contenders: {
      Sealwright: { command: unsealOurs({ callers: 1, threads: 0 }) },
      Go: { command: unsealTheirs(1) },
      "bare RSA": { limit: LIMIT, command: (size) => bareRsa("decrypt", 2 * size, keyFile) },
    },
    ratios: [
      { of: "Sealwright", to: "Go", by: "cpu", floor: 1.4 },
      { of: "Sealwright", to: "Go", by: "wall", floor: 1.4 },
    ],
  };
}

export async function unsealOnAllCores(folder: string, pems: readonly SealingKeyPem[]): Promise<Series> {
  const sizes = SIZES_ON_ALL_CORES;
  const { unsealOurs, unsealTheirs, keyFile } = await prepare(folder, pems, sizes);
  return {
    title: `Unseal, ${CORES} cores`,
    about: `${ABOUT} Sealwright has ${CALLERS} callers at the same time, with \`createDecryptionThreads()\` and without; Go has as many goroutines as cores.`,
    unit: "document",
    sizes,
    contenders: {
      "Sealwright, threads": { command: unsealOurs({ callers: CALLERS, threads: CORES, cores: CORES }) },
      "Sealwright, no threads": { command: unsealOurs({ callers: CALLERS, threads: 0, cores: CORES }) },
      Go: { command: unsealTheirs(CORES) },
      "bare RSA": {
        limit: `${LIMIT}, on ${CORES} threads`,
        command: (size) => bareRsa("decrypt", 2 * size, keyFile, CORES),
      },
    },
    ratios: [
      { of: "Sealwright, threads", to: "Go", by: "wall", floor: 1.4 },
      { of: "Sealwright, threads", to: "Go", by: "cpu" },
      { of: "Sealwright, threads", to: "Sealwright, no threads", by: "wall" },
    ],
  };
}

async function prepare(folder: string, pems: readonly SealingKeyPem[], sizes: readonly number[]) {
  const [key] = await readKeys(pems.slice(0, 1));
  if (key === undefined) throw new Error("no key");
  const keys = writeKeys(folder, "one-key", pems.slice(0, 1));
  const inputs = writeSizes(folder, "sealed", await sealAll(secrets(sizes.at(-1) ?? 0), () => key), sizes);
  const outputs = { ours: join(folder, "unsealed-by-ours.jsonl"), theirs: join(folder, "unsealed-by-theirs.jsonl") };
  return {
    outputs,
    keyFile: keys.pem,
    unsealOurs:
      ({
        callers,
        threads,
        cores = 1,
      }: {
        readonly callers: number;
        readonly threads: number;
        readonly cores?: number;
      }) =>
      (size: number) =>
        ours(folder, "unseal", [keys.json, callers, threads, inputs(size), outputs.ours], cores),
    unsealTheirs: (cores: number) => (size: number) =>
      theirs(["unseal", keys.pem, inputs(size), outputs.theirs], cores),
  };
}
