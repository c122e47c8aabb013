import {
  bindingOf,
  readSealedSecret,
  SEALED_SECRET_API_VERSION,
  SEALED_SECRET_KIND,
  type SealedSecret,
  SealwrightError,
} from "@sealwright/core";
import { type Controller, withController } from "../controller-service.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import type { LocatedSealedSecret } from "../sealed-file/sealed-sources.ts";
import type { GoArguments } from "./arguments.ts";
import { controllerRequest } from "./connection.ts";
import { destinationOf, writeObjects } from "./destination.ts";
import { readSealedInput, sourceOf } from "./input.ts";

/** What the API server counts for itself: of an object in a file it says nothing. */
const SERVER_OWNED = ["creationTimestamp", "deletionTimestamp", "generation"];

/** `--re-encrypt`: has the controller seal every SealedSecret of the input to its newest key. */
export async function reEncrypt(flags: GoArguments, io: Io): Promise<void> {
  const destination = destinationOf(flags, flags.text("sealed-secret-file") ?? fileToRewrite(flags));
  const request = controllerRequest(flags, io);
  const input = await readSealedInput(flags, io);
  const objects = await withController(request, io, async (controller) => {
    const done: SealedSecret[] = [];
    for (const located of input) done.push(await reEncryptOne(located, controller));
    return done;
  });
  await writeObjects(objects, destination, io);
}

/** Where there is one file only, it is replaced. */
function fileToRewrite(flags: GoArguments): string | undefined {
  const source = sourceOf(flags.text("secret-file"));
  return source === STDIN ? undefined : source;
}

/**
 * The same object with other ciphertexts. Controllers have been known to lose or widen what stands around these; nothing of that is
 * taken from their answer, and one for another name, namespace, scope or other items is refused.
 */
async function reEncryptOne({ sealed, manifest }: LocatedSealedSecret, controller: Controller): Promise<SealedSecret> {
  const name = sealed.metadata.name ?? "";
  const body = await controller.post("/v1/rotate", JSON.stringify(sealed));
  if (body === null) throw new CommandError({ code: "not_decryptable", name });
  const answer = readAnswer(body);
  if (answer === null || !isSameObject(sealed, answer)) {
    throw new CommandError({ code: "answer_refused", place: manifest.place, name });
  }
  const { data: _before2018, ...spec } = sealed.spec;
  const metadata = Object.entries(sealed.metadata).filter(([field]) => !SERVER_OWNED.includes(field));
  return {
    ...sealed,
    metadata: Object.fromEntries(metadata),
    spec: { ...spec, encryptedData: answer.spec.encryptedData },
  };
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
  return sealed.spec.data !== undefined || itemsOf(sealed) === itemsOf(answer);
}

function itemsOf({ spec }: SealedSecret): string {
  return JSON.stringify(Object.keys(spec.encryptedData).sort());
}
