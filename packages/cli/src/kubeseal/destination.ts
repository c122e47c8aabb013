import type { ManifestFormat } from "@sealwright/core/kubernetes-yaml";
import type { Io, Readers } from "../io.ts";
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

/** @param readers of a file; stdout is whoever's it is */
export async function writeObjects(
  objects: readonly object[],
  { path, format }: Destination,
  io: Io,
  readers: Readers = "everybody",
): Promise<void> {
  const text = manifestText(objects, format, { firstSeparator: true });
  await (path === undefined ? io.stdout.write(text) : io.files.replace(path, text, readers));
}
