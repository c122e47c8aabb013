import { type ManifestFormat, writeManifest } from "@sealwright/core/kubernetes-yaml";
import { CommandError } from "./failure.ts";
import { goJson } from "./go-json.ts";

/**
 * Objects as one text, each with its fields in the order of the Go project's files: who changes over sees no difference in Git.
 *
 * @param firstSeparator whether the first YAML document starts with `---`, too
 */
export function manifestText(
  objects: readonly object[],
  format: ManifestFormat,
  { firstSeparator }: { readonly firstSeparator: boolean },
): string {
  if (format === "json") return objects.map(goJson).join("");
  const documents = objects.map((object) => writeManifest(object, "yaml", { sortKeys: true }));
  return (firstSeparator ? "---\n" : "") + documents.join("---\n");
}

/** @throws CommandError `unknown_format` */
export function readFormat(format: string): ManifestFormat {
  if (format !== "yaml" && format !== "json") throw new CommandError({ code: "unknown_format", found: format });
  return format;
}
