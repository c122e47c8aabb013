import { describeProblem, printable } from "@sealwright/core";
import { type ClusterRequest, withCluster } from "../../cluster/cluster.ts";
import type { Io } from "../../io.ts";
import { type AgeKey, keyError, type Lock, lock, unlock } from "../../keys/age-file.ts";
import { backupText } from "../../keys/backup.ts";
import { type KeyPlace, type KeySecret, readKeySecrets } from "../../keys/key-secret.ts";
import { readAgeKeys, readPassphrase } from "../../keys/passphrase.ts";
import { warn } from "../../warning.ts";

export interface KeyBackupRequest {
  readonly cluster: ClusterRequest;
  readonly place: KeyPlace;
  /** Public keys of age, and files of them; with neither there is a passphrase. */
  readonly recipients: readonly string[];
  readonly recipientFiles: readonly string[];
  /** A file with the passphrase; where absent, it is asked for. */
  readonly passphraseFile: string | undefined;
  /** The file to replace; stdout where absent. */
  readonly output: string | undefined;
}

/** Writes every key of a cluster into one file that only its passphrase, or its recipients, open. No plaintext is on any disk. */
export async function backUpKeys(request: KeyBackupRequest, io: Io): Promise<void> {
  const { place, output } = request;
  const recipients = await recipientsOf(request, io);
  // Before anybody types a passphrase.
  if (recipients !== null) await lock("", { recipients });
  const keys = await withCluster(request.cluster, io, (cluster) => readKeySecrets(cluster, place));
  if (keys.length === 0) throw keyError({ code: "keys_absent", namespace: place.namespace });
  await warnOfUnusable(keys, io);
  const to: Lock =
    recipients === null ? { passphrase: await readPassphrase(request.passphraseFile, true, io) } : { recipients };
  const plaintext = backupText(keys);
  const encrypted = await lock(plaintext, to);
  if ("passphrase" in to) await mustOpen(encrypted, to.passphrase, plaintext);
  await (output === undefined ? io.stdout.write(encrypted) : io.files.replace(output, encrypted, "owner"));
}

async function recipientsOf(
  { recipients, recipientFiles }: KeyBackupRequest,
  io: Io,
): Promise<readonly AgeKey[] | null> {
  if (recipients.length + recipientFiles.length === 0) return null;
  const keys: AgeKey[] = recipients.map((text, index) => ({ text, place: `--recipient ${index + 1}` }));
  for (const path of recipientFiles) {
    const inFile = await readAgeKeys(path, io);
    if (inFile.length === 0) throw keyError({ code: "recipient_invalid", place: path });
    keys.push(...inFile);
  }
  return keys;
}

/** A backup that does not open is found out when it is too late. */
async function mustOpen(encrypted: string, passphrase: string, plaintext: string): Promise<void> {
  const opened = await unlock(new TextEncoder().encode(encrypted), { passphrase }, "the backup");
  if (new TextDecoder().decode(opened) !== plaintext) throw keyError({ code: "backup_damaged", source: "the backup" });
}

async function warnOfUnusable(keys: readonly KeySecret[], io: Io): Promise<void> {
  for (const { name, problem } of keys) {
    if (problem === null) continue;
    await warn(`${printable(name)} is in the backup as it is, but cannot be used: ${describeProblem(problem)}`, io);
  }
}
