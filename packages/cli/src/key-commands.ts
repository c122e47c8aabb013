import { CLUSTER_AND_CONTROLLER_FLAGS, clusterRequest, controllerService } from "./cluster-flags.ts";
import { command } from "./command.ts";
import { CommandError } from "./failure.ts";
import type { Flags, FlagValues } from "./flags.ts";
import type { Io } from "./io.ts";
import type { KeyPlace } from "./keys/key-secret.ts";
import { readListFormat } from "./list-format.ts";

const PREFIX = "sealed-secrets-key";

const KEY_FLAGS = {
  "key-prefix": {
    value: "NAME",
    env: "SEALED_SECRETS_KEY_PREFIX",
    help: `what the names of the controller's keys begin with, unless it is ${PREFIX}`,
  },
  ...CLUSTER_AND_CONTROLLER_FLAGS,
} as const satisfies Flags;

const OUTPUT_FLAG = { output: { short: "o", value: "FORMAT", fallback: "table", help: "table or json" } } as const;
const PASSPHRASE_FLAG = {
  "passphrase-file": { value: "FILE", help: "file with the passphrase, instead of asking for it; - is stdin" },
} as const;
const YES_FLAG = { yes: { short: "y", help: "do not ask" } } as const;

export const KEYS = command({
  name: "keys",
  summary: "look after the sealing keys in the cluster: list, status, backup, restore, rotate, retire",
  flags: {},
  async run() {
    throw usage("no command of keys was given", "keys");
  },
});

export const KEYS_LIST = command({
  name: "keys list",
  summary: "show the keys, their ages, and how many SealedSecrets need each",
  flags: { ...OUTPUT_FLAG, ...KEY_FLAGS },
  async run(_operands, flags, io) {
    const format = readListFormat(flags.output);
    const { listKeys } = await import("./commands/keys/list.ts");
    await listKeys({ ...keyRequest(flags, io), format }, io);
  },
});

export const KEYS_STATUS = command({
  name: "keys status",
  summary: "show what still needs an old key, and which can be retired",
  flags: { ...OUTPUT_FLAG, ...KEY_FLAGS },
  async run(_operands, flags, io) {
    const format = readListFormat(flags.output);
    const { showKeyStatus } = await import("./commands/keys/status.ts");
    await showKeyStatus({ ...keyRequest(flags, io), format }, io);
  },
});

export const KEYS_BACKUP = command({
  name: "keys backup",
  summary: "write all keys into one file, encrypted with a passphrase or to public keys of age",
  examples: [
    "sealwright keys backup -w keys.age                          asks for a passphrase",
    "sealwright keys backup -w keys.age --recipient age1...      no passphrase: the private key opens it",
    "age --decrypt keys.age | kubectl apply -f -                 a backup is of use without sealwright",
  ],
  flags: {
    write: { short: "w", value: "FILE", help: "file to replace, instead of stdout" },
    recipient: { short: "r", value: "AGE1...", many: true, help: "public key of age that opens it" },
    "recipients-file": { short: "R", value: "FILE", many: true, help: "the same from a file, one a line" },
    ...PASSPHRASE_FLAG,
    ...KEY_FLAGS,
  },
  async run(_operands, flags, io) {
    const hasRecipients = flags.recipient.length + flags["recipients-file"].length > 0;
    if (hasRecipients && flags["passphrase-file"] !== undefined) {
      throw usage("a backup has recipients or a passphrase, not both", "keys backup");
    }
    const { backUpKeys } = await import("./commands/keys/backup.ts");
    const request = {
      ...keyRequest(flags, io),
      recipients: flags.recipient,
      recipientFiles: flags["recipients-file"],
      passphraseFile: flags["passphrase-file"],
      output: flags.write,
    };
    await backUpKeys(request, io);
  },
});

export const KEYS_RESTORE = command({
  name: "keys restore",
  summary: "create the keys of a backup that the cluster does not have; nothing is overwritten",
  operand: { name: "FILE", help: "the backup, or a plain List of key Secrets; - is stdin" },
  examples: ["sealwright keys restore --dry-run keys.age    checks the backup, and changes nothing"],
  flags: {
    "dry-run": { help: "check the backup and show what would be done" },
    identity: { short: "i", value: "FILE", many: true, help: "file with private keys of age that open it" },
    ...PASSPHRASE_FLAG,
    ...YES_FLAG,
    ...KEY_FLAGS,
  },
  async run([input, ...others], flags, io) {
    if (input === undefined || others.length > 0) throw usage("one backup is restored at a time", "keys restore");
    if (flags.identity.length > 0 && flags["passphrase-file"] !== undefined) {
      throw usage("a backup opens with identities or a passphrase, not both", "keys restore");
    }
    const { restoreKeys } = await import("./commands/keys/restore.ts");
    const request = {
      ...keyRequest(flags, io),
      input,
      identityFiles: flags.identity,
      passphraseFile: flags["passphrase-file"],
      dryRun: flags["dry-run"],
      yes: flags.yes,
    };
    await restoreKeys(request, io);
  },
});

export const KEYS_ROTATE = command({
  name: "keys rotate",
  summary: "make a new key now, as the controller would, with your own rights",
  flags: {
    "key-size": { value: "BITS", help: "as the controller's flag, instead of what its Deployment says" },
    "key-ttl": { value: "TIME", help: "the same: how long the certificate is valid, such as 87600h" },
    "my-cn": { value: "NAME", help: "the same: common name of the certificate" },
    ...KEY_FLAGS,
  },
  async run(_operands, flags, io) {
    const { rotateKeys } = await import("./commands/keys/rotate.ts");
    const request = { cluster: clusterRequest(flags, io), controller: controllerService(flags), settings: flags };
    await rotateKeys(request, io);
  },
});

export const KEYS_RETIRE = command({
  name: "keys retire",
  summary: "take keys out of use: nothing is opened with them any more",
  operand: { name: "KEY", help: "names of the keys' Secrets, or their fingerprints" },
  flags: {
    force: { help: "also the newest key, and with --yes also one that is needed" },
    ...YES_FLAG,
    ...KEY_FLAGS,
  },
  async run(asked, flags, io) {
    if (asked.length === 0) throw usage("no key was named", "keys retire");
    const { retireKeys } = await import("./commands/keys/retire.ts");
    await retireKeys({ ...keyRequest(flags, io), asked, yes: flags.yes, force: flags.force }, io);
  },
});

function keyRequest(flags: FlagValues<typeof KEY_FLAGS>, io: Io) {
  const place: KeyPlace = { namespace: flags["controller-namespace"], prefix: flags["key-prefix"] ?? PREFIX };
  return { cluster: clusterRequest(flags, io), place };
}

function usage(message: string, command: string): CommandError {
  return new CommandError({ code: "usage", message, hint: `sealwright ${command} --help shows what there is` });
}
