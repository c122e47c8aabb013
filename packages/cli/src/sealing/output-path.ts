import { basename, dirname, extname, join, relative } from "node:path";
import type { FoundFile } from "../paths/find-files.ts";
import { joinPath } from "../paths/path-text.ts";
import { DEFAULT_OUTPUT } from "../project/defaults.ts";

/** What marks a file as plaintext goes; what is left names the output. */
const PLAINTEXT_MARK = /(?<=.)\.(secret|secrets|plain|plaintext)$/i;

/**
 * The file for what is sealed of another: `database.secret.yaml` and `database.yaml` both become `database.sealed.yaml`.
 *
 * @param folder where what is below the base is mirrored; null is beside the input
 * @param template with `{name}` and `{extension}`, from the input's folder
 */
export function outputPathOf(
  { path, base }: Pick<FoundFile, "path" | "base">,
  folder: string | null,
  template = DEFAULT_OUTPUT,
): string {
  const extension = extname(path);
  const name = basename(path, extension).replace(PLAINTEXT_MARK, "");
  const output = template
    .replaceAll("{name}", () => name)
    .replaceAll("{extension}", () => extension.slice(1) || "yaml");
  if (folder === null) return joinPath(dirname(path), output);
  return join(folder, relative(base, dirname(path)), output);
}
