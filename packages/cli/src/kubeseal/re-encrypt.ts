import type { SealedSecret } from "@sealwright/core";
import { type Controller, withController } from "../controller-service.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import { rotate } from "../resealing/rotate.ts";
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

async function reEncryptOne(located: LocatedSealedSecret, controller: Controller): Promise<SealedSecret> {
  const sealed = await rotate(located, controller);
  const metadata = Object.entries(sealed.metadata).filter(([field]) => !SERVER_OWNED.includes(field));
  return { ...sealed, metadata: Object.fromEntries(metadata) };
}
