import type { Io } from "../io.ts";
import { isAgeFile, keyError, type Opener, unlock } from "./age-file.ts";
import { readAgeKeys, readPassphrase } from "./passphrase.ts";

/** What opens backups that are encrypted. */
export interface BackupOpeners {
  /** Files of private keys of age; with none there is a passphrase. */
  readonly identityFiles: readonly string[];
  /** Where there is none, it is asked for. */
  readonly passphraseFile: string | undefined;
}

/**
 * What is in a file, in the clear: itself, unless age has encrypted it.
 *
 * @throws CommandError `keys`, `interrupted`, and those of reading files
 */
export async function openBackup(
  bytes: Uint8Array,
  source: string,
  openers: BackupOpeners,
  io: Io,
): Promise<Uint8Array> {
  return isAgeFile(bytes) ? unlock(bytes, await openerOf(openers, io), source) : bytes;
}

async function openerOf({ identityFiles, passphraseFile }: BackupOpeners, io: Io): Promise<Opener> {
  if (identityFiles.length === 0) return { passphrase: await readPassphrase(passphraseFile, false, io) };
  const identities = [];
  for (const path of identityFiles) {
    const inFile = await readAgeKeys(path, io);
    if (inFile.length === 0) throw keyError({ code: "identities_absent", source: path });
    identities.push(...inFile);
  }
  return { identities };
}
