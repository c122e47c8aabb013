import { join } from "node:path";
import type { SealingKeyPem } from "@sealwright/core";
import type { Series } from "../bench.ts";
import { bareRsa, ours, theirs } from "./commands.ts";
import { readKeys, sealAll, secrets, writeKeys, writeSizes } from "./inputs.ts";

const LARGEST = 100;
const SIZES = [0, LARGEST];
/** What opening may cost with many keys, in terms of what it costs with one. */
const FLOOR = Number((1 / 1.2).toFixed(2));

/** Each document in a namespace of its own, where nothing is remembered of the one before. */
const strangers = secrets(LARGEST, (index) => `ns-${index}`);

export async function manyKeys(folder: string, pems: readonly SealingKeyPem[]): Promise<Series> {
  const keys = await readKeys(pems);
  const [newest] = keys;
  if (newest === undefined) throw new Error("no key");
  const any = (index: number) => keys[index % keys.length] ?? newest;
  const neighbours = secrets(LARGEST, (index) => `ns-${index % keys.length}`);
  const inputs = {
    newest: await sealAll(strangers, () => newest),
    hinted: await sealAll(strangers, any, { hints: true }),
    dated: (await sealAll(strangers, any)).map((text, index) => dated(text, any(index).orderedBy)),
    neighbours: await sealAll(neighbours, any),
    strangers: await sealAll(strangers, any),
  };
  const files = { one: writeKeys(folder, "newest-key", pems.slice(0, 1)), all: writeKeys(folder, "all-keys", pems) };
  const out = join(folder, "many-keys.jsonl");
  const fileOf = (input: keyof typeof inputs) => writeSizes(folder, `many-keys-${input}`, inputs[input], SIZES);
  const opened = (input: keyof typeof inputs, ring: keyof typeof files) => {
    const file = fileOf(input);
    return { command: (size: number) => ours(folder, "unseal", [files[ring].json, 1, 0, file(size), out]) };
  };
  const openedByGo = (input: keyof typeof inputs, ring: keyof typeof files) => {
    const file = fileOf(input);
    return { command: (size: number) => theirs(["unseal", files[ring].pem, file(size), out]) };
  };
  const many = `${keys.length} keys`;
  return {
    title: `Unseal with ${many}`,
    about:
      "Documents of 2 items on one core. Where nothing tells the key of an item, each key that is tried in vain costs an RSA decryption: the last line but one is the worst case, every document from a namespace of its own, without hint or date. 1.2 times the cost is 0.83 times the speed.",
    unit: "document",
    sizes: SIZES,
    contenders: {
      "1 key": opened("newest", "one"),
      [`${many}, sealed to the newest`]: opened("newest", "all"),
      [`${many}, any of them, hinted`]: opened("hinted", "all"),
      [`${many}, any, with a creationTimestamp`]: opened("dated", "all"),
      [`${many}, any, one for each namespace`]: opened("neighbours", "all"),
      [`${many}, any, nothing to go by`]: opened("strangers", "all"),
      "Go, 1 key": openedByGo("newest", "one"),
      [`Go, ${many}`]: openedByGo("strangers", "all"),
      "bare RSA": {
        limit: "2 RSA decryptions a document by OpenSSL",
        command: (size) => bareRsa("decrypt", 2 * size, files.one.pem),
      },
    },
    ratios: [
      { of: `${many}, sealed to the newest`, to: "1 key", by: "cpu", floor: FLOOR },
      { of: `${many}, any of them, hinted`, to: "1 key", by: "cpu", floor: FLOOR },
      { of: `${many}, any, with a creationTimestamp`, to: "1 key", by: "cpu" },
      { of: `${many}, any, one for each namespace`, to: "1 key", by: "cpu" },
      { of: `${many}, any, nothing to go by`, to: "1 key", by: "cpu" },
      { of: `${many}, any, nothing to go by`, to: `Go, ${many}`, by: "cpu" },
      { of: `${many}, any of them, hinted`, to: `Go, ${many}`, by: "cpu" },
    ],
  };
}

/** As the API server has it: created a day after its key was. */
function dated(text: string, made: Date): string {
  const sealed = JSON.parse(text) as { readonly metadata: object };
  const creationTimestamp = new Date(made.getTime() + 86_400_000).toISOString();
  return JSON.stringify({ ...sealed, metadata: { ...sealed.metadata, creationTimestamp } });
}
