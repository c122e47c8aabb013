import type { Io } from "../io.ts";
import { moveItems } from "../sealed-file/edit-items.ts";
import { type Choice, openSealedFile, saveSealedFile } from "../sealed-file/sealed-file.ts";
import { warnOfTemplateUse } from "../sealed-file/template-use.ts";

export interface RenameRequest {
  readonly path: string;
  readonly choice: Choice;
  readonly item: string;
  readonly to: string;
}

/** Gives an item another name in its place. No ciphertext binds the name: it stays as it is, and no certificate is needed. */
export async function renameItem({ path, choice, item, to }: RenameRequest, io: Io): Promise<void> {
  const file = await openSealedFile(path, choice, io);
  const sealed = await moveItems(file, [{ edit: "rename", item, to }]);
  await saveSealedFile(file, sealed, io);
  if (item !== to) await warnOfTemplateUse(sealed, [item], io);
}
