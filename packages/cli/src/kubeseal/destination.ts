import type { ManifestFormat } from "@sealwright/core/kubernetes-yaml";
import { HeldOutput } from "../held-output.ts";
import type { Draft, Io, Readers } from "../io.ts";
import { manifestText, readFormat } from "../manifest-text.ts";
import type { GoArguments } from "./arguments.ts";

/** Where the output goes, and as what. */
export interface Destination {
  /** The file to replace; stdout where absent. */
  readonly path: string | undefined;
  readonly format: ManifestFormat;
}

/**
 * The file of `-w`, whose name can make it YAML, else stdout.
 *
 * @param path another file instead
 * @throws CommandError `unknown_format`
 */
export function destinationOf(flags: GoArguments, path = flags.text("sealed-secret-file")): Destination {
  return { path, format: readFormat(formatOf(flags, path)) };
}

/** As it was given, in lower case. A path that ends in `.yaml` or `.yml` says it louder than the flag does. */
export function formatOf(flags: GoArguments, path: string | undefined): string {
  return path !== undefined && /\.ya?ml$/.test(path) ? "yaml" : (flags.text("format") ?? "json").toLowerCase();
}

/** Takes objects one by one. */
export interface ObjectWriter {
  /** @throws CommandError `file_unwritable` */
  write(object: object): Promise<void>;
  /** All of it is good: now the file is replaced, or stdout gets it. @throws CommandError `file_unwritable`, and those of stdout */
  finish(): Promise<void>;
  /** Leaves a file as it was, at any time before `finish`. */
  discard(): Promise<void>;
}

/** @param readers of a file; stdout is whoever's it is */
export function objectWriter({ path, format }: Destination, io: Io, readers: Readers = "everybody"): ObjectWriter {
  const textOf = (object: object) => manifestText([object], format, { firstSeparator: true });
  if (path !== undefined) return new FileWriter(textOf, () => io.files.draft(path, readers));
  const held = new HeldOutput();
  return {
    write: async (object) => held.write(textOf(object)),
    finish: () => held.writeTo(io.stdout),
    discard: async () => undefined,
  };
}

/** Holds no more than one object: what is written waits beside the file. */
class FileWriter implements ObjectWriter {
  readonly #textOf: (object: object) => string;
  readonly #begin: () => Promise<Draft>;
  #draft: Draft | null = null;

  constructor(textOf: (object: object) => string, begin: () => Promise<Draft>) {
    this.#textOf = textOf;
    this.#begin = begin;
  }

  async write(object: object): Promise<void> {
    this.#draft ??= await this.#begin();
    await this.#draft.write(this.#textOf(object));
  }

  async finish(): Promise<void> {
    this.#draft ??= await this.#begin();
    await this.#draft.finish();
    await this.#draft.commit();
  }

  async discard(): Promise<void> {
    await this.#draft?.discard();
  }
}

/** The same for objects that are all at hand. */
export async function writeObjects(
  objects: readonly object[],
  destination: Destination,
  io: Io,
  readers: Readers = "everybody",
): Promise<void> {
  const writer = objectWriter(destination, io, readers);
  try {
    for (const object of objects) await writer.write(object);
    await writer.finish();
  } finally {
    await writer.discard();
  }
}
