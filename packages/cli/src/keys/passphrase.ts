import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import { decodeText } from "../text.ts";
import { warn } from "../warning.ts";
import type { AgeKey } from "./age-file.ts";
import { keyError } from "./age-file.ts";

/** Characters under which anybody with the file and a graphics card finds it. */
const SHORT = 12;

/**
 * The passphrase of a file, else one that is asked for and not shown.
 *
 * @param isNew whether it is chosen now: then it is asked for twice, and a short one is warned of
 * @throws CommandError `keys` with `passphrase_*`, `interrupted`, and those of reading a file
 */
export async function readPassphrase(path: string | undefined, isNew: boolean, io: Io): Promise<string> {
  const passphrase = path === undefined ? await askPassphrase(isNew, io) : await passphraseOf(path, io);
  if (passphrase === "") throw keyError({ code: "passphrase_empty" });
  if (isNew && passphrase.length < SHORT) {
    await warn(`the passphrase has fewer than ${SHORT} characters: who has the file can guess it`, io);
  }
  return passphrase;
}

async function passphraseOf(path: string, io: Io): Promise<string> {
  return (await textFile(path, io)).replace(/\r?\n$/, "");
}

async function askPassphrase(isNew: boolean, io: Io): Promise<string> {
  const dialogue = await io.terminal.open();
  if (dialogue === null) throw keyError({ code: "passphrase_absent" });
  try {
    const first = (await dialogue.askHidden("Passphrase of the backup: ")) ?? "";
    if (first === "" || !isNew) return first;
    if (first !== (await dialogue.askHidden("The same again: "))) throw keyError({ code: "passphrases_differ" });
    return first;
  } finally {
    dialogue.close();
  }
}

/**
 * Keys of age from a file as age-keygen writes it: one a line, and lines that start with `#`.
 *
 * @throws CommandError of reading a file
 */
export async function readAgeKeys(path: string, io: Io): Promise<readonly AgeKey[]> {
  const lines = (await textFile(path, io)).split(/\r?\n/).map((line) => line.trim());
  return lines.flatMap((text, index) => {
    return text === "" || text.startsWith("#") ? [] : [{ text, place: `${nameOf(path)}, line ${index + 1},` }];
  });
}

async function textFile(path: string, io: Io): Promise<string> {
  const text = decodeText(await (path === STDIN ? io.stdin.read() : io.files.read(path)));
  if (text === null) throw new CommandError({ code: "manifest_encoding", source: nameOf(path) });
  return text;
}

function nameOf(path: string): string {
  return path === STDIN ? "stdin" : path;
}
