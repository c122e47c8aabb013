import { bindingOf, printable } from "@sealwright/core";
import type { CertificateRequest } from "../certificate-source.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import { editItems } from "../sealed-file/edit-items.ts";
import { type Choice, openSealedFile, type SealedFile, saveSealedFile } from "../sealed-file/sealed-file.ts";
import { sealingCertificate } from "../sealed-file/sealing-certificate.ts";
import { warnOfTemplateUse } from "../sealed-file/template-use.ts";
import { EditSession } from "../session/edit-session.ts";
import { listItems, removedItems } from "../session/item-list.ts";

export interface EditRequest {
  readonly path: string;
  readonly choice: Choice;
  readonly namespace: string | undefined;
  readonly certificate: CertificateRequest;
}

/** A session in the terminal: all changes are written at its end, at once, or none. */
export async function editInTerminal({ path, choice, namespace, ...request }: EditRequest, io: Io): Promise<void> {
  if (path === STDIN) throw usage("edit changes a file, and stdin is none");
  const file = await openSealedFile(path, choice, io);
  const dialogue = await io.terminal.open();
  if (dialogue === null) throw new CommandError({ code: "items", problem: { code: "session_without_terminal" } });
  try {
    const certificate = await sealingCertificate(path, request.certificate, io);
    // Whatever is wrong with the object is wrong before anybody has typed anything.
    await editItems(file, [], { certificate, namespace });
    await dialogue.say(`${path}: SealedSecret ${nameOf(file)}\n`);
    const sealed = await new EditSession(file, { certificate, namespace }, dialogue).run();
    if (sealed === null) return await dialogue.say("nothing was changed\n");
    await saveSealedFile(file, sealed, io);
    await dialogue.say(`${path} is saved\n`);
    const renamed = listItems(file.sealed, sealed).flatMap(({ state }) => /^was (.+)$/.exec(state)?.[1] ?? []);
    await warnOfTemplateUse(sealed, [...renamed, ...removedItems(file.sealed, sealed)], io);
  } finally {
    dialogue.close();
  }
}

function usage(message: string): CommandError {
  return new CommandError({ code: "usage", message, hint: "sealwright set, rm and rename change what comes on stdin" });
}

function nameOf({ sealed }: SealedFile): string {
  const { scope, namespace, name } = bindingOf(sealed);
  return `${printable(namespace === "" ? name : `${namespace}/${name}`)} (${scope})`;
}
