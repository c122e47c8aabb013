import { KeyRing, type KeySource, readKeyMaterial, type UnreadableKey } from "@sealwright/core";
import { CommandError, type Place } from "../failure.ts";
import type { Io } from "../io.ts";
import { type BackupOpeners, openBackup } from "../keys/open-backup.ts";
import { manifestsIn, STDIN } from "../manifest.ts";
import { decodeText } from "../text.ts";

/** Files that hold private keys, and what opens those that are encrypted. */
export interface KeyFiles extends BackupOpeners {
  /** Paths, or `-` for stdin. */
  readonly paths: readonly string[];
}

/** The private keys of some files. */
export interface PrivateKeys {
  readonly ring: KeyRing;
  /** What else is in the files and cannot be read; no key of the ring needs it. */
  readonly refused: readonly CommandError[];
}

/**
 * Reads private keys from files: PEM, or the Secrets of a backup, as many and in as many Lists as there are, in the clear or encrypted
 * by age. Certificates beside them say how old a key is, and count for nothing else.
 *
 * @throws CommandError `private_key_refused` where there is no key in any of them, and those of reading files and manifests
 */
export async function readPrivateKeys({ paths, ...openers }: KeyFiles, io: Io): Promise<PrivateKeys> {
  const located: LocatedSource[] = [];
  for (const path of paths) located.push(...(await sourcesIn(path, openers, io)));
  const { keys, unreadable } = await readKeyMaterial(located.map(({ source }) => source));
  const refused = unreadable.map((one) => refusalOf(one, located));
  if (keys.length > 0) return { ring: new KeyRing(keys), refused };
  const absent = { source: paths.join(", "), place: null, problem: { code: "private_key_missing" } } as const;
  throw refused[0] ?? new CommandError({ code: "private_key_refused", ...absent });
}

interface LocatedSource {
  readonly path: string;
  /** Of a manifest. */
  readonly place: Place | null;
  readonly source: KeySource;
}

async function sourcesIn(path: string, openers: BackupOpeners, io: Io): Promise<readonly LocatedSource[]> {
  const name = path === STDIN ? "stdin" : path;
  const bytes = await (path === STDIN ? io.stdin.read() : io.files.read(path));
  const text = decodeText(await openBackup(bytes, name, openers, io));
  if (text === null) throw new CommandError({ code: "manifest_encoding", source: name });
  // In a manifest it is indented, or a part of a line.
  if (/^-----BEGIN /m.test(text)) return [{ path: name, place: null, source: { pem: text } }];
  return manifestsIn(name, text).map(({ value, place }) => ({ path: name, place, source: { document: value } }));
}

function refusalOf({ source, problem }: UnreadableKey, located: readonly LocatedSource[]): CommandError {
  const { path = "", place = null } = located[source] ?? {};
  return new CommandError({ code: "private_key_refused", source: path, place, problem });
}
