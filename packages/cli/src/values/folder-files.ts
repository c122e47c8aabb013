import { join } from "node:path";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { warn } from "../warning.ts";

const SHOWN = 10;

/** A file whose name is the item's. */
export interface NamedFile {
  readonly item: string;
  readonly path: string;
}

/**
 * The files of a folder, by name, as `kubectl create secret generic --from-file=FOLDER` takes them: regular ones, and not those of the
 * folders in it. What is left out, links too, is told, for somebody may have meant it.
 *
 * @throws CommandError `items` with `folder_empty`, `file_unreadable`
 */
export async function filesOfFolder(folder: string, io: Io): Promise<readonly NamedFile[]> {
  const entries = await io.files.list(folder);
  const files = entries.filter(({ kind }) => kind === "file");
  if (files.length === 0) throw new CommandError({ code: "items", problem: { code: "folder_empty", path: folder } });
  const others = entries.filter(({ kind }) => kind !== "file").map(({ name }) => name);
  if (others.length > 0) {
    const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : "";
    await warn(`of ${folder} only files are taken, and not ${others.slice(0, SHOWN).join(", ")}${more}`, io);
  }
  return files.map(({ name }) => ({ item: name, path: join(folder, name) }));
}
