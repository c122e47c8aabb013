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

/** The answer to a call, and what there is to note of it: never more than names. */
export interface Called {
  readonly answer: Answer;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Fingerprints of those that opened it, or that it is sealed to now. */
  readonly keys?: readonly string[];
}

const MALFORMED = { answer: plain(400, "the body is not one SealedSecret as JSON or YAML\n") };
/** One answer for whatever keeps a SealedSecret closed: a second one would tell something of what is in it. */
const UNDECRYPTABLE = plain(409, "unable to decrypt the sealed secret\n");

/** Whether a SealedSecret can be opened. Nothing of its template is looked at: it is bound to no ciphertext, and anyone may write it. */
export async function verify(text: string, { ring, ...options }: SealedSecretCallOptions): Promise<Called> {
  const sealed = readOne(text);
  if (sealed === null) return MALFORMED;
  return unlessClosed(sealed, async () => {
    const { template: _, ...spec } = sealed.spec;
    const { secret, keyOf } = await unseal({ ...sealed, spec }, ring, options);
    wipeSecret(secret);
    return { answer: plain(200, ""), keys: [...new Set(keyOf.values())] };
  });
}

/** The same SealedSecret, sealed to the newest key. Nothing of its template is rendered. */
export async function rotate(text: string, { ring, ...options }: SealedSecretCallOptions): Promise<Called> {
  const sealed = readOne(text);
  if (sealed === null) return MALFORMED;
  return unlessClosed(sealed, async () => {
    const { sealedSecret } = await reseal(sealed, ring, options);
    const answer = { status: 200, type: "application/json", body: JSON.stringify(sealedSecret) };
    return { answer, keys: ring.newest === null ? [] : [ring.newest.fingerprint] };
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

async function unlessClosed({ metadata }: SealedSecret, open: () => Promise<Called>): Promise<Called> {
  const { namespace, name } = metadata;
  try {
    return { ...(await open()), namespace, name };
  } catch (error) {
    if (error instanceof SealwrightError) return { answer: UNDECRYPTABLE, namespace, name };
    throw error;
  }
}
