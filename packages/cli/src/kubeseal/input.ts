import { readSealedSecret } from "@sealwright/core";
import type { Io } from "../io.ts";
import { type Manifest, readSources, STDIN, within } from "../manifest.ts";
import type { LocatedSealedSecret } from "../sealed-file/sealed-sources.ts";
import type { GoArguments } from "./arguments.ts";

export const TERMINAL_NOTICE = "(tty detected: expecting json/yaml k8s resource in stdin)";

/** The source of an input that a flag names. Scripts name stdin by its device, which not every system and not every kind of stdin has. */
export function sourceOf(path: string | undefined): string {
  return path === undefined || path === "/dev/stdin" ? STDIN : path;
}

/** The objects of `-f` or stdin; there is at least one. */
export async function readInput(flags: GoArguments, io: Io): Promise<readonly Manifest[]> {
  const source = sourceOf(flags.text("secret-file"));
  if (source === STDIN) await announceTerminal(TERMINAL_NOTICE, io);
  return readSources([source], io);
}

/** The same, all of them SealedSecrets. */
export async function readSealedInput(flags: GoArguments, io: Io): Promise<readonly LocatedSealedSecret[]> {
  const located: LocatedSealedSecret[] = [];
  for (const manifest of await readInput(flags, io)) {
    located.push({ manifest, sealed: await within(manifest, () => readSealedSecret(manifest.value)) });
  }
  return located;
}

/** A person who typed the command is told that the program waits for him. */
export async function announceTerminal(notice: string, io: Io): Promise<void> {
  if (io.stdin.isTerminal) await io.stderr.write(`${notice}\n`);
}
