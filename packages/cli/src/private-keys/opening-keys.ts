import type { KeyRing } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { explainError } from "../render-error.ts";
import { warn } from "../warning.ts";
import { type KeyFiles, readPrivateKeys } from "./read-private-keys.ts";

/**
 * The private keys of the files of `--key`. What cannot be read beside them is only told: another key may be the one that opens.
 *
 * @throws CommandError `recovery` with `keys_absent`, and as `readPrivateKeys` does
 */
export async function openingKeys(files: KeyFiles, io: Io): Promise<KeyRing> {
  if (files.paths.length === 0) throw new CommandError({ code: "recovery", problem: { code: "keys_absent" } });
  const { ring, refused } = await readPrivateKeys(files, io);
  for (const error of refused) await warn(explainError(error).error, io);
  return ring;
}
