import { writeJson } from "./json-writer.ts";
import { writableValue } from "./writable-value.ts";
import { writeYaml } from "./yaml-writer.ts";

/** How a manifest is written. */
export type ManifestFormat = "yaml" | "json";

/** What a written manifest looks like. */
export interface WriteManifestOptions {
  /** Sorts the keys of every object as sigs.k8s.io/yaml does; otherwise they keep their order. */
  readonly sortKeys?: boolean;
}

/**
 * A value as the text of one document, ending in a line feed. YAML looks as sigs.k8s.io/yaml prints it and reads back as the same
 * value, in Go and here; JSON is indented by two spaces. As in `JSON.stringify`, fields that are undefined are left out.
 *
 * @throws TypeError where the value is more than JSON can hold: a number that is not finite, half a surrogate pair, a function.
 */
export function writeManifest(value: unknown, format: ManifestFormat, options: WriteManifestOptions = {}): string {
  const writable = writableValue(value, options.sortKeys ?? false);
  return `${format === "json" ? writeJson(writable) : writeYaml(writable)}\n`;
}
