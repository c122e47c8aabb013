import { readSealedSecret, readSecret, type SealedSecret, type Secret, secretManifest } from "@sealwright/core";
import { runKubeseal } from "../peers/kubeseal.ts";
import { askOracle } from "../peers/sealed-secrets/ask-oracle.ts";
import type { KeyFiles } from "./key-files.ts";

/** Seals with the Go project's kubeseal, all in one call. Their annotations say the scope, unless a flag does. */
export async function sealWithKubeseal(
  secrets: readonly Secret[],
  { certificateFile }: Pick<KeyFiles, "certificateFile">,
  ...flags: readonly string[]
): Promise<readonly SealedSecret[]> {
  const args = ["--cert", certificateFile, "--allow-empty-data", ...flags];
  const stdin = secrets.map((secret) => JSON.stringify(secretManifest(secret))).join("\n");
  return documentsOf(await kubeseal(args, stdin)).map(readSealedSecret);
}

/** Seals whole Secrets into `spec.data`, as the Go project once did. */
export async function sealAsSpecData(
  secrets: readonly Secret[],
  { pem }: Pick<KeyFiles, "pem">,
): Promise<readonly SealedSecret[]> {
  const { sealed } = await askOracle({ privateKeys: [pem.privateKey], seal: secrets.map(secretManifest) });
  return sealed.map(readSealedSecret);
}

/** Opens with the Go project's kubeseal and these keys alone. It knows nothing of `spec.data`. */
export async function openWithKubeseal(sealed: object, ...keys: readonly KeyFiles[]): Promise<Secret> {
  const files = keys.map(({ privateKeyFile }) => privateKeyFile).join(",");
  const stdout = await kubeseal(["--recovery-unseal", "--recovery-private-key", files], JSON.stringify(sealed));
  return readSecret(JSON.parse(stdout));
}

/** Opens objects of either format, all in one call, with the Go project's own package and these keys alone. */
export async function openWithGoPackage(
  sealed: readonly object[],
  ...keys: readonly KeyFiles[]
): Promise<readonly Secret[]> {
  const { opened } = await askOracle({ privateKeys: keys.map(({ pem }) => pem.privateKey), open: sealed });
  return opened.map(readSecret);
}

/** The documents of the Go program's JSON, each of which begins at the left margin. */
export function documentsOf(stdout: string): readonly object[] {
  return stdout.split(/\n(?=\{)/).map((text) => JSON.parse(text) as object);
}

async function kubeseal(args: readonly string[], stdin: string): Promise<string> {
  const { code, stdout, stderr } = await runKubeseal(args, { stdin });
  if (code !== 0 || stderr !== "") throw new Error(`kubeseal ${args[0]} ended with ${code}: ${stderr}`);
  return stdout;
}
