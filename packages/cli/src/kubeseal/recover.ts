import { createTemplateEngine, secretManifest, unseal } from "@sealwright/core";
import type { Io } from "../io.ts";
import { within } from "../manifest.ts";
import type { GoArguments } from "./arguments.ts";
import { destinationOf, writeObjects } from "./destination.ts";
import { readSealedInput } from "./input.ts";
import { readRecoveryKeys } from "./recovery-keys.ts";

/** `--recovery-unseal`: opens every SealedSecret of the input with private keys at hand, and writes Secrets. */
export async function recover(flags: GoArguments, io: Io): Promise<void> {
  const destination = destinationOf(flags);
  const ring = await readRecoveryKeys(flags.list("recovery-private-key"), io);
  const secrets: object[] = [];
  const templates = createTemplateEngine();
  try {
    for (const { manifest, sealed } of await readSealedInput(flags, io)) {
      const { secret } = await within(manifest, () => unseal(sealed, ring, { templates }));
      secrets.push(secretManifest(secret));
    }
  } finally {
    templates.close();
  }
  await writeObjects(secrets, destination, io, "owner");
}
