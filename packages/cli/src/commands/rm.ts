import type { Io } from "../io.ts";
import { moveItems } from "../sealed-file/edit-items.ts";
import { type Choice, openSealedFile, saveSealedFile } from "../sealed-file/sealed-file.ts";
import { warnOfTemplateUse } from "../sealed-file/template-use.ts";

export interface RemoveRequest {
  readonly path: string;
  readonly choice: Choice;
  readonly items: readonly string[];
}

/** Takes items out of a sealed file; no certificate is needed. */
export async function removeItems({ path, choice, items }: RemoveRequest, io: Io): Promise<void> {
  const file = await openSealedFile(path, choice, io);
  const edits = [...new Set(items)].map((item) => ({ edit: "remove", item }) as const);
  const sealed = await moveItems(file, edits);
  await saveSealedFile(file, sealed, io);
  await warnOfTemplateUse(sealed, items, io);
}
