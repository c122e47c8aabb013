import { dirname, join } from "node:path";
import type { Io } from "../io.ts";

/** The folder of the Git work tree that a file is in, or would be: through links, since that is where the file is. Null: in none. */
export async function workTreeOf(path: string, { files }: Io): Promise<string | null> {
  const real = await files.real(path);
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    // In a linked work tree and in a submodule it is a file.
    if ((await files.kindOf(join(folder, ".git"))) !== null) return folder;
    if (folder === dirname(folder)) return null;
  }
}
