import { CommandError } from "../failure.ts";
import type { KeyProblem } from "./problem.ts";

/** What opens a file of age (https://age-encryption.org/v1). */
export type Lock = { readonly passphrase: string } | { readonly recipients: readonly AgeKey[] };
export type Opener = { readonly passphrase: string } | { readonly identities: readonly AgeKey[] };

/** A public or private key of age, and where it was given. */
export interface AgeKey {
  readonly text: string;
  readonly place: string;
}

const ARMOR = "-----BEGIN AGE ENCRYPTED FILE-----";
const BINARY = "age-encryption.org/";

/** Whether it is a file of age, as text or as bytes. */
export function isAgeFile(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 1_024)).trimStart();
  return start.startsWith(ARMOR) || start.startsWith(BINARY);
}

/** Encrypts a text, into a text. @throws CommandError `keys` with `recipient_invalid` */
export async function lock(plaintext: string, to: Lock): Promise<string> {
  const { Encrypter, armor } = await import("age-encryption");
  const encrypter = new Encrypter();
  if ("passphrase" in to) encrypter.setPassphrase(to.passphrase);
  else for (const key of to.recipients) attempt(() => encrypter.addRecipient(key.text), "recipient_invalid", key);
  return armor.encode(await encrypter.encrypt(plaintext));
}

/** @throws CommandError `keys` with `identity_invalid`, `backup_locked`, `backup_damaged` */
export async function unlock(bytes: Uint8Array, by: Opener, source: string): Promise<Uint8Array> {
  const { Decrypter, armor } = await import("age-encryption");
  const decrypter = new Decrypter();
  if ("passphrase" in by) decrypter.addPassphrase(by.passphrase);
  else for (const key of by.identities) attempt(() => decrypter.addIdentity(key.text), "identity_invalid", key);
  try {
    const text = new TextDecoder().decode(bytes);
    return await decrypter.decrypt(text.trimStart().startsWith(ARMOR) ? armor.decode(text) : bytes);
  } catch (cause) {
    // The library has no codes; this sentence alone means that nothing is wrong with the file.
    const isLocked = cause instanceof Error && cause.message.startsWith("no identity matched");
    if (!isLocked) throw keyError({ code: "backup_damaged", source }, cause);
    throw keyError({ code: "backup_locked", source, by: "passphrase" in by ? "passphrase" : "identity" }, cause);
  }
}

/** What the library says may quote the key. */
function attempt(action: () => void, code: "recipient_invalid" | "identity_invalid", { place }: AgeKey): void {
  try {
    action();
  } catch {
    throw keyError({ code, place });
  }
}

export function keyError(problem: KeyProblem, cause?: unknown): CommandError {
  return new CommandError({ code: "keys", problem }, cause === undefined ? undefined : { cause });
}
