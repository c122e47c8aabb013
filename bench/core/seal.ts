import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { SealingKeyPem } from "@sealwright/core";
import type { Series } from "../bench.ts";
import { bareRsa, ours, theirs } from "./commands.ts";
import { secrets, writeKeys, writeSizes } from "./inputs.ts";
import { assertSameValues } from "./same-work.ts";

const SIZES = [0, 100, 1_000, 8_000];
const CORES = availableParallelism();

export async function seal(folder: string, pems: readonly SealingKeyPem[]): Promise<Series> {
  const inputs = writeSizes(folder, "secrets", secrets(8_000), SIZES);
  const keys = writeKeys(folder, "one-key", pems.slice(0, 1));
  const out = (name: string) => join(folder, `sealed-by-${name}.jsonl`);
  const sealOurs = (size: number) => ours(folder, "seal", [keys.certificate, inputs(size), out("ours")]);
  const sealTheirs = (size: number, cores = 1) =>
    theirs(["seal", keys.certificate, inputs(size), out("theirs")], cores);

  // Each opens what the other sealed.
  const opened = { ours: join(folder, "opened-by-ours.jsonl"), theirs: join(folder, "opened-by-theirs.jsonl") };
  await assertSameValues(
    { command: sealOurs(100), output: inputs(100) },
    { command: theirs(["unseal", keys.pem, out("ours"), opened.theirs]), output: opened.theirs },
  );
  await assertSameValues(
    { command: sealTheirs(100), output: inputs(100) },
    { command: ours(folder, "unseal", [keys.json, 1, 0, out("theirs"), opened.ours]), output: opened.ours },
  );

  return {
    title: "Seal",
    about:
      "Documents of 2 items, a key of 4096 bits. Reading and writing JSON is inside, for both; so is everything else between two files.",
    unit: "document",
    sizes: SIZES,
    contenders: {
      "Sealwright, one core": { command: sealOurs },
      "Go, one core": { command: sealTheirs },
      [`Go, ${CORES} cores`]: { command: (size) => sealTheirs(size, CORES) },
      "bare RSA": {
        limit: "2 RSA encryptions a document by OpenSSL, without padding, format or JSON",
        command: (size) => bareRsa("encrypt", 2 * size, keys.pem),
      },
    },
    ratios: [
      { of: "Sealwright, one core", to: "Go, one core", by: "cpu", floor: 1.8 },
      { of: "Sealwright, one core", to: "Go, one core", by: "wall" },
      { of: "Sealwright, one core", to: `Go, ${CORES} cores`, by: "wall" },
    ],
  };
}
