import { describeProblem } from "@sealwright/core";
import type { ExitCodeName } from "../exit-codes.ts";
import type { KeyProblem } from "./problem.ts";

/** What is wrong, what to do about it, and the class that it belongs to. */
export interface RenderedKeyProblem {
  readonly error: string;
  readonly hint?: string;
  readonly exit: ExitCodeName;
}

const LIST = "sealwright keys list shows them";

export function renderKeyProblem(problem: KeyProblem): RenderedKeyProblem {
  switch (problem.code) {
    case "key_unknown":
      return {
        error: `there is no sealing key ${problem.asked}`,
        hint: problem.found.length === 0 ? "there is none at all" : `there are ${problem.found.join(", ")}`,
        exit: "cluster",
      };
    case "key_ambiguous":
      return {
        error: `${problem.asked} is more than one sealing key: ${problem.found.join(", ")}`,
        hint: "name one of them",
        exit: "usage",
      };
    case "keys_absent":
      return {
        error: `there are no sealing keys in ${problem.namespace}`,
        hint: "--controller-namespace says where the controller is",
        exit: "cluster",
      };
    case "key_newest":
      return {
        error: `${problem.name} is the newest active key: new SealedSecrets are sealed to it`,
        hint: "sealwright keys rotate makes another one first; --force retires it all the same",
        exit: "cluster",
      };
    case "key_needed":
      return {
        error: `${problem.count} of the SealedSecrets may need ${problem.name}`,
        hint: "sealwright keys status names them; --force retires it all the same",
        exit: "cluster",
      };
    case "key_changed":
      return {
        error: `${problem.name} was changed by somebody else meanwhile, and was left as it is`,
        hint: LIST,
        exit: "cluster",
      };
    case "nobody_to_confirm":
      return { error: "nobody can be asked: there is no terminal", hint: "--yes does it without", exit: "usage" };
    case "declined":
      return { error: "nothing was changed", exit: "failure" };
    case "names_taken":
      return {
        error: `${problem.names.join(", ")}: other Secrets in ${problem.namespace} have these names, and were left as they are`,
        hint: "rename or delete those, then restore again",
        exit: "cluster",
      };
    case "settings_unknown":
      return {
        error: `how the controller makes its keys cannot be known: ${problem.why}`,
        hint: `--key-prefix, --key-size and --key-ttl say it; or send the controller ${problem.controller} SIGUSR1, and it makes one itself`,
        exit: "cluster",
      };
    case "setting_invalid":
      return { error: `${problem.setting} (${problem.from}) is not what it must be`, exit: "usage" };
    case "clock_behind":
      return {
        error: `the certificate of ${problem.name} begins in the future: a key made now would not be the newest`,
        hint: "is this machine's clock right?",
        exit: "failure",
      };
    default:
      return renderBackupProblem(problem);
  }
}

type BackupProblem = Extract<
  KeyProblem,
  { code: `${"passphrase" | "passphrases" | "recipient" | "identity" | "identities" | "backup"}_${string}` }
>;

function renderBackupProblem(problem: BackupProblem): RenderedKeyProblem {
  switch (problem.code) {
    case "passphrase_absent":
      return {
        error: "nobody can be asked for a passphrase: there is no terminal",
        hint: "--passphrase-file FILE reads one; --recipient and --identity do without",
        exit: "usage",
      };
    case "passphrase_empty":
      return { error: "the passphrase is empty", exit: "usage" };
    case "passphrases_differ":
      return { error: "the two passphrases are not the same", hint: "nothing was written", exit: "usage" };
    case "recipient_invalid":
      return {
        error: `${problem.place} is no public key of age`,
        hint: "it starts with age1; age-keygen makes one",
        exit: "usage",
      };
    case "identity_invalid":
      return {
        error: `${problem.place} is no private key of age`,
        hint: "it starts with AGE-SECRET-KEY-1; age-keygen makes one",
        exit: "usage",
      };
    case "identities_absent":
      return { error: `${problem.source} holds no private key of age`, exit: "file" };
    case "backup_locked":
      return {
        error:
          problem.by === "passphrase"
            ? `${problem.source} does not open with this passphrase`
            : `${problem.source} does not open with these identities`,
        hint:
          problem.by === "passphrase"
            ? "where it was made for recipients, --identity FILE opens it"
            : "where it was made with a passphrase, leave out --identity",
        exit: "manifest",
      };
    case "backup_damaged":
      return { error: `${problem.source} is no whole file of age: it is cut or altered`, exit: "manifest" };
    case "backup_without_keys":
      return { error: `${problem.source} holds no sealing key`, exit: "manifest" };
    case "backup_key_refused":
      return {
        error: `${problem.source}: the key ${problem.name} cannot be used: ${describeProblem(problem.problem)}`,
        hint: "nothing was restored",
        exit: "manifest",
      };
  }
}
