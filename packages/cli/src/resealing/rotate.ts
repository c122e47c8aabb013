import { isDeepStrictEqual } from "node:util";
import {
  bindingOf,
  readSealedSecret,
  SEALED_SECRET_API_VERSION,
  SEALED_SECRET_KIND,
  type SealedSecret,
  SealwrightError,
} from "@sealwright/core";
import type { Controller } from "../controller-service.ts";
import { CommandError } from "../failure.ts";
import type { LocatedSealedSecret } from "../sealed-file/sealed-sources.ts";

/**
 * Has the controller seal an object to its newest key: the same object with other ciphertexts. Controllers have been known to lose or
 * widen what stands around these; nothing of that is taken from their answer, and one for another name, namespace, scope or other items
 * is refused. So is one that may hold what templates made of the items: then the next controller would render them twice.
 *
 * @throws CommandError `not_decryptable`, `answer_refused`, and those of asking the controller
 */
export async function rotate({ sealed, manifest }: LocatedSealedSecret, controller: Controller): Promise<SealedSecret> {
  const name = sealed.metadata.name ?? "";
  const body = await controller.post("/v1/rotate", JSON.stringify(sealed));
  if (body === null) throw new CommandError({ code: "not_decryptable", name });
  const answer = readAnswer(body);
  if (answer === null || !isSameObject(sealed, answer) || mayBeRendered(sealed, answer)) {
    const hasTemplates = Object.keys(templatesOf(sealed)).length > 0;
    throw new CommandError({ code: "answer_refused", place: manifest.place, name, hasTemplates });
  }
  const { data: _before2018, ...spec } = sealed.spec;
  const { encryptedData, data } = answer.spec;
  return { ...sealed, spec: { ...spec, encryptedData, ...(data === undefined ? {} : { data }) } };
}

/** The Go controller leaves out what kind of object it answers with. */
function readAnswer(body: Uint8Array): SealedSecret | null {
  try {
    const answer = JSON.parse(new TextDecoder().decode(body)) as object | null;
    return readSealedSecret({ apiVersion: SEALED_SECRET_API_VERSION, kind: SEALED_SECRET_KIND, ...answer });
  } catch (error) {
    if (error instanceof SealwrightError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isSameObject(sealed: SealedSecret, answer: SealedSecret): boolean {
  const identity = (object: SealedSecret) => JSON.stringify(Object.entries(bindingOf(object)).sort());
  if (identity(sealed) !== identity(answer)) return false;
  // The one blob of before 2018 says nothing of the items in it.
  if (sealed.spec.data !== undefined) return answer.spec.data !== undefined || itemsOf(answer) !== "[]";
  return itemsOf(sealed) === itemsOf(answer);
}

/** The Go controller seals what it unseals, and answers without the templates; where one makes an item of an item, nothing else tells. */
function mayBeRendered(sealed: SealedSecret, answer: SealedSecret): boolean {
  const templates = templatesOf(sealed);
  const isOnItems = Object.keys(templates).some((item) => Object.hasOwn(sealed.spec.encryptedData, item));
  return isOnItems && !isDeepStrictEqual(templates, templatesOf(answer));
}

function templatesOf({ spec }: SealedSecret): Readonly<Record<string, string | null>> {
  return spec.template?.data ?? {};
}

function itemsOf({ spec }: SealedSecret): string {
  return JSON.stringify(Object.keys(spec.encryptedData).sort());
}
