import { KeyRing, readKeyMaterial, readSecret, type UnsealingKey } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { readSources, within } from "../manifest.ts";
import { decodeText } from "../text.ts";
import { sourceOf } from "./input.ts";

/**
 * Reads private keys from files: PEM, or the key Secrets of a backup, as many and in as many Lists as there are. Certificates in them
 * are passed over.
 *
 * @throws CommandError `recovery_key_absent`, `recovery_key_refused`, and those of reading manifests
 */
export async function readRecoveryKeys(paths: readonly string[], io: Io): Promise<KeyRing> {
  if (paths.length === 0) throw new CommandError({ code: "recovery_key_absent" });
  const keys: UnsealingKey[] = [];
  for (const path of paths) {
    for (const pem of await pemTextsOf(path, io)) keys.push(...(await readKeys(path, pem)));
  }
  return new KeyRing(keys);
}

async function pemTextsOf(path: string, io: Io): Promise<readonly string[]> {
  const source = sourceOf(path);
  const bytes = source === path ? await io.files.read(path) : await io.stdin.read();
  const decoded = decodeText(bytes);
  if ("text" in decoded && decoded.text.includes("-----BEGIN")) return [decoded.text];
  const manifests = await readSources([path], { ...io, files: { ...io.files, read: async () => bytes } });
  const texts: string[] = [];
  for (const manifest of manifests) {
    const { data } = await within(manifest, () => readSecret(manifest.value));
    const key = data.get("tls.key");
    if (key === undefined) throw new CommandError({ code: "recovery_key_item_absent", place: manifest.place });
    texts.push(new TextDecoder().decode(key));
  }
  return texts;
}

async function readKeys(path: string, pem: string): Promise<readonly UnsealingKey[]> {
  const { keys, unreadable } = await readKeyMaterial([{ pem }]);
  const problem = unreadable[0]?.problem ?? (keys.length === 0 ? ({ code: "private_key_missing" } as const) : null);
  if (problem !== null) throw new CommandError({ code: "recovery_key_refused", source: path, problem });
  return keys;
}
