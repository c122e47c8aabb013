import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Contender, RatioWanted, Series } from "../bench.ts";
import { bareRsa } from "../core/commands.ts";
import { flowManifests, largeManifest, manifests, wideManifest } from "./manifests.ts";
import { ours, sealwright, theirs } from "./programs.ts";

/** What everything is sealed to: the paths of a certificate and its private key. */
export interface KeyFiles {
  readonly certificate: string;
  readonly pem: string;
}

interface Work {
  readonly title: string;
  readonly about: string;
  readonly unit: string;
  readonly sizes: readonly number[];
  /** The text of the file. */
  manifest(size: number): string;
  /** Our program, where it is another one than `kubeseal`, on the files of inputs. */
  ours?(input: (size: number) => string): Contender;
  /** How many values have to be sealed for a unit. */
  readonly values: number;
  readonly ratios: readonly Omit<RatioWanted, "of" | "to">[];
}

/** What is asked of the clock, with how many documents. */
export const FLOOR_OF_FILE = 2;
export const SIZE_OF_FLOOR = 500;
const MEGABYTE = 1_000_000;

/** Documents of two items: one, and thousands. */
export function sealFile(folder: string, keys: KeyFiles): Series {
  return seal(folder, keys, {
    title: "Seal a file",
    about:
      "Documents of 2 items in one file of YAML, as kubectl writes them; a key of 4096 bits, a certificate in a file. What a document takes holds the program's start.",
    unit: "document",
    sizes: [1, 10, 100, SIZE_OF_FLOOR, 1_000, 10_000],
    manifest: manifests,
    values: 2,
    ratios: [
      { by: "wall", at: SIZE_OF_FLOOR, floor: FLOOR_OF_FILE },
      { by: "cpu", at: SIZE_OF_FLOOR },
      { by: "wall", at: 10_000 },
      { by: "cpu", at: 10_000 },
      { by: "peak", at: 10_000 },
    ],
  });
}

/**
 * The same by `sealwright seal`: to a file that is not there yet, so that all of it is sealed, and with hints and the cache that only it
 * writes.
 */
export function sealFileBySealwright(folder: string, keys: KeyFiles): Series {
  const cache = join(folder, "cache");
  let outputs = 0;
  const newOutput = () => {
    outputs += 1;
    return join(folder, `new-${outputs}.yaml`);
  };
  return seal(folder, keys, {
    title: "Seal a file with sealwright seal",
    about:
      "The same files by `sealwright seal`, to a file that is not there yet: it also writes hints, and remembers what it has sealed, so that the next run leaves that alone. The Go program is kubeseal.",
    unit: "document",
    sizes: [SIZE_OF_FLOOR, 10_000],
    manifest: manifests,
    values: 2,
    ours: (input) => sealwright(cache, (size) => ["seal", "--cert", keys.certificate, input(size), "-w", newOutput()]),
    ratios: [
      { by: "wall", at: SIZE_OF_FLOOR },
      { by: "cpu", at: SIZE_OF_FLOOR },
      { by: "wall", at: 10_000 },
      { by: "cpu", at: 10_000 },
      { by: "peak", at: 10_000 },
    ],
  });
}

/** The same in a style that Sealwright has no short way for. */
export function sealFlowFile(folder: string, keys: KeyFiles): Series {
  return seal(folder, keys, {
    title: "Seal a file with flow mappings",
    about: "As above, but that `metadata` is written in braces: YAML that takes the whole parser.",
    unit: "document",
    sizes: [500],
    manifest: flowManifests,
    values: 2,
    ratios: [{ by: "wall" }, { by: "cpu" }],
  });
}

export function sealLargeValue(folder: string, keys: KeyFiles): Series {
  return seal(folder, keys, {
    title: "Seal a value of 1 MB",
    about: "One document with one item.",
    unit: "value",
    sizes: [1],
    manifest: () => largeManifest(MEGABYTE),
    values: 1,
    ratios: [{ by: "wall" }, { by: "cpu" }, { by: "peak" }],
  });
}

export function sealManyItems(folder: string, keys: KeyFiles): Series {
  return seal(folder, keys, {
    title: "Seal 200 items",
    about: "One document that has them all.",
    unit: "item",
    sizes: [200],
    manifest: wideManifest,
    values: 1,
    ratios: [{ by: "wall" }, { by: "cpu" }],
  });
}

function seal(
  folder: string,
  keys: KeyFiles,
  { title, manifest, values, ratios, ours: program, ...described }: Work,
): Series {
  const name = title.toLowerCase().replaceAll(" ", "-");
  const inputOf = (size: number) => join(folder, `${name}-${size}.yaml`);
  for (const size of described.sizes) writeFileSync(inputOf(size), manifest(size), { mode: 0o600 });
  const output = join(folder, "sealed.yaml");
  const args = (size: number) => ["--cert", keys.certificate, "-f", inputOf(size), "-o", "yaml", "-w", output];
  const encryptions = values === 1 ? "an RSA encryption" : `${values} RSA encryptions`;
  return {
    title,
    ...described,
    contenders: {
      Sealwright: program?.(inputOf) ?? ours(args),
      Go: theirs(args),
      "bare RSA": {
        limit: `${encryptions} for each ${described.unit} by OpenSSL, and the start of Node`,
        command: (size) => bareRsa("encrypt", values * size, keys.pem),
      },
    },
    ratios: ratios.map((ratio) => ({ of: "Sealwright", to: "Go", ...ratio })),
  };
}
