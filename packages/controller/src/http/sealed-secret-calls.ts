import {
  type DecryptionThreads,
  type KeyRing,
  readSealedSecret,
  reseal,
  type SealedSecret,
  SealwrightError,
  unseal,
  wipeSecret,
} from "@sealwright/core";
import { ManifestSyntaxError, readManifests } from "@sealwright/core/kubernetes-yaml";
import { type Answer, plain } from "./answer.ts";

export interface SealedSecretCallOptions {
  readonly ring: KeyRing;
  readonly acceptDeprecatedData: boolean;
  /** Decrypt; without them, this thread does. */
  readonly threads?: DecryptionThreads | undefined;
}

/** One answer for whatever keeps a SealedSecret closed: a second one would tell something of what is in it. */
const UNDECRYPTABLE = plain(409, "unable to decrypt the sealed secret\n");

/** Whether a SealedSecret can be opened. Nothing of its template is looked at: it is bound to no ciphertext, and anyone may write it. */
export async function verify(text: string, { ring, ...options }: SealedSecretCallOptions): Promise<Answer> {
  const sealed = readOne(text);
  if (sealed === null) return malformed();
  return unlessClosed(async () => {
    const { template: _, ...spec } = sealed.spec;
    const { secret } = await unseal({ ...sealed, spec }, ring, options);
    wipeSecret(secret);
    return plain(200, "");
  });
}

/** The same SealedSecret, sealed to the newest key. Nothing of its template is rendered. */
export async function rotate(text: string, { ring, ...options }: SealedSecretCallOptions): Promise<Answer> {
  const sealed = readOne(text);
  if (sealed === null) return malformed();
  return unlessClosed(async () => {
    const { sealedSecret } = await reseal(sealed, ring, options);
    return { status: 200, type: "application/json", body: JSON.stringify(sealedSecret) };
  });
}

/** The text's only document, or null where it is no SealedSecret. */
function readOne(text: string): SealedSecret | null {
  try {
    const [document, ...more] = readManifests(text);
    return document === undefined || more.length > 0 ? null : readSealedSecret(document.value);
  } catch (error) {
    if (error instanceof ManifestSyntaxError || error instanceof SealwrightError) return null;
    throw error;
  }
}

async function unlessClosed(open: () => Promise<Answer>): Promise<Answer> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof SealwrightError) return UNDECRYPTABLE;
    throw error;
  }
}

function malformed(): Answer {
  return plain(400, "the body is not one SealedSecret as JSON or YAML\n");
}
