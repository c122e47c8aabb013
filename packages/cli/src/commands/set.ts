import type { CertificateRequest } from "../certificate-source.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import { editItems } from "../sealed-file/edit-items.ts";
import { type Choice, openSealedFile, saveSealedFile } from "../sealed-file/sealed-file.ts";
import { sealingCertificate } from "../sealed-file/sealing-certificate.ts";
import { type ReadOptions, readValues } from "../values/read-values.ts";
import type { ValueSource } from "../values/value-source.ts";

export interface SetRequest {
  readonly path: string;
  readonly choice: Choice;
  readonly sources: readonly ValueSource[];
  readonly options: ReadOptions;
  readonly namespace: string | undefined;
  readonly certificate: CertificateRequest;
}

/** Adds items to a sealed file, or replaces them. Nobody is asked for a value before all else is known to be good. */
export async function setItems(request: SetRequest, io: Io): Promise<void> {
  const { path, choice, sources, options, namespace } = request;
  if (path === STDIN && sources.some(({ from }) => from === "stdin")) {
    throw new CommandError({ code: "items", problem: { code: "stdin_taken" } });
  }
  const file = await openSealedFile(path, choice, io);
  const certificate = await sealingCertificate(file.path, request.certificate, io);
  const { encryptedData } = file.sealed.spec;
  const questionFor = (item: string) =>
    Object.hasOwn(encryptedData, item) ? `New value of ${item}` : `Value of the new item ${item}`;
  // Whatever is wrong with the object is wrong before anybody has typed anything.
  await editItems(file, [], { certificate, namespace });
  const values = await readValues(sources, { ...options, questionFor }, io);
  const edits = [...values].map(([item, value]) => ({ edit: "set", item, value }) as const);
  await saveSealedFile(file, await editItems(file, edits, { certificate, namespace }), io);
}
