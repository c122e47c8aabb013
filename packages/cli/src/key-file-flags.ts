import type { Flags, FlagValues } from "./flags.ts";
import type { KeyFiles } from "./private-keys/read-private-keys.ts";

/** Where private keys come from. */
export const KEY_FILE_FLAGS = {
  key: { value: "FILE", many: true, help: "private key, as PEM, or a backup of some; may be repeated" },
  identity: { value: "FILE", many: true, help: "file with private keys of age that open an encrypted backup" },
  "passphrase-file": {
    value: "FILE",
    help: "file with the passphrase of an encrypted backup, instead of asking for it",
  },
} as const satisfies Flags;

export function keyFiles(flags: FlagValues<typeof KEY_FILE_FLAGS>): KeyFiles {
  return { paths: flags.key, identityFiles: flags.identity, passphraseFile: flags["passphrase-file"] };
}
