import type { Problem } from "@sealwright/core";

/** What has to do with sealing keys in a cluster and with their backups. Never holds a key or a passphrase. */
export type KeyProblem =
  | { readonly code: "key_unknown"; readonly asked: string; readonly found: readonly string[] }
  | { readonly code: "key_ambiguous"; readonly asked: string; readonly found: readonly string[] }
  | { readonly code: "keys_absent"; readonly namespace: string }
  /** The key that new SealedSecrets are sealed to. */
  | { readonly code: "key_newest"; readonly name: string }
  /** SealedSecrets need it, and nobody was asked. */
  | { readonly code: "key_needed"; readonly name: string; readonly count: number }
  | { readonly code: "key_changed"; readonly name: string }
  /** Nobody is there to say yes. */
  | { readonly code: "nobody_to_confirm" }
  | { readonly code: "declined" }
  | { readonly code: "passphrase_absent" }
  | { readonly code: "passphrase_empty" }
  | { readonly code: "passphrases_differ" }
  | { readonly code: "recipient_invalid"; readonly place: string }
  | { readonly code: "identity_invalid"; readonly place: string }
  | { readonly code: "identities_absent"; readonly source: string }
  | { readonly code: "backup_locked"; readonly source: string; readonly by: "passphrase" | "identity" }
  | { readonly code: "backup_damaged"; readonly source: string }
  | { readonly code: "backup_without_keys"; readonly source: string }
  | { readonly code: "backup_key_refused"; readonly source: string; readonly name: string; readonly problem: Problem }
  | { readonly code: "names_taken"; readonly names: readonly string[]; readonly namespace: string }
  | { readonly code: "settings_unknown"; readonly why: string; readonly controller: string }
  | { readonly code: "setting_invalid"; readonly setting: string; readonly from: string }
  | { readonly code: "clock_behind"; readonly name: string };
