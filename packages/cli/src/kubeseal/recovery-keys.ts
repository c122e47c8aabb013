import { KeyRing, readPrivateKey, readSecret, type SealingKey, SealwrightError } from "@sealwright/core";
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
  const keys: SealingKey[] = [];
  for (const path of paths) {
    for (const pem of await pemTextsOf(path, io)) keys.push(await readKey(path, pem, `${path} ${keys.length}`));
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

async function readKey(path: string, pem: string, id: string): Promise<SealingKey> {
  try {
    const privateKey = await readPrivateKey(pem);
    // The ring wants what opening never looks at: of a private key alone there is no certificate, and so no fingerprint and no date.
    const key: Pick<SealingKey, "privateKey" | "fingerprint" | "orderedBy"> = {
      privateKey,
      fingerprint: id,
      orderedBy: new Date(0),
    };
    return key as SealingKey;
  } catch (error) {
    if (!(error instanceof SealwrightError)) throw error;
    throw new CommandError({ code: "recovery_key_refused", source: path, problem: error.problem }, { cause: error });
  }
}
