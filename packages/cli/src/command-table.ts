import { DIFF, DOCTOR, STATUS } from "./cluster-commands.ts";
import type { Command } from "./command.ts";
import { COMPLETE, COMPLETION } from "./completion-commands.ts";
import { CREATE, EDIT, RENAME, RM, SET } from "./item-commands.ts";
import { KEYS, KEYS_BACKUP, KEYS_LIST, KEYS_RESTORE, KEYS_RETIRE, KEYS_ROTATE, KEYS_STATUS } from "./key-commands.ts";
import { CERT, CERT_CHECK, CERT_FETCH, CERT_PIN, CERT_SHOW, INIT, VERIFY } from "./project-commands.ts";
import { EXPLAIN, RESEAL, UNSEAL } from "./recovery-commands.ts";
import { SEAL } from "./seal-command.ts";

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  INIT,
  SEAL,
  CREATE,
  SET,
  RM,
  RENAME,
  EDIT,
  VERIFY,
  EXPLAIN,
  UNSEAL,
  RESEAL,
  CERT,
  CERT_FETCH,
  CERT_SHOW,
  CERT_CHECK,
  CERT_PIN,
  STATUS,
  DIFF,
  DOCTOR,
  KEYS,
  KEYS_LIST,
  KEYS_STATUS,
  KEYS_BACKUP,
  KEYS_RESTORE,
  KEYS_ROTATE,
  KEYS_RETIRE,
  COMPLETION,
  COMPLETE,
];
