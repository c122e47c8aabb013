import type { KeyRing } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { readPrivateKeys } from "../private-keys/read-private-keys.ts";
import { sourceOf } from "./input.ts";

/**
 * Reads private keys from files; all that is in them must be readable.
 *
 * @throws CommandError `recovery_key_absent`, and those of reading private keys
 */
export async function readRecoveryKeys(paths: readonly string[], io: Io): Promise<KeyRing> {
  if (paths.length === 0) throw new CommandError({ code: "recovery_key_absent" });
  const { ring, refused } = await readPrivateKeys(
    { paths: paths.map(sourceOf), identityFiles: [], passphraseFile: undefined },
    io,
  );
  const [first] = refused;
  if (first !== undefined) throw first;
  return ring;
}
