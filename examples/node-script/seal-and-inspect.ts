/**
 * Seals the Secrets of a manifest, and says what anybody can see of the result:
 *
 *     node seal-and-inspect.ts CERTIFICATE < secret.yaml > sealed.yaml
 *
 * The SealedSecrets go to standard output, all else to standard error.
 */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import {
  assertValidAt,
  type Certificate,
  describeFinding,
  inspect,
  readCertificate,
  readSecret,
  SealwrightError,
  type Secret,
  seal,
  severityOf,
  wipeSecret,
} from "@sealwright/core";
import { ManifestSyntaxError, readManifests, writeManifest } from "@sealwright/core/kubernetes-yaml";

const [file] = process.argv.slice(2);
process.exitCode = file === undefined ? usage() : await main(file);

function usage(): number {
  process.stderr.write("usage: node seal-and-inspect.ts CERTIFICATE < secret.yaml > sealed.yaml\n");
  return 2;
}

async function main(certificateFile: string): Promise<number> {
  try {
    const certificate = await readCertificate(await readFile(certificateFile, "utf8"));
    assertValidAt(certificate, new Date());
    const secrets = readManifests(await text(process.stdin)).map(({ value }) => readSecret(value));
    if (secrets.length === 0) {
      process.stderr.write("error: there is no manifest on standard input\n");
      return 1;
    }
    // Nothing is written before all is sealed: half of a file would look like a whole one.
    const sealed: string[] = [];
    for (const secret of secrets) sealed.push(await sealOne(secret, certificate));
    process.stdout.write(sealed.join("---\n"));
    return 0;
  } catch (error) {
    if (!isForTheUser(error)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    return 1;
  }
}

async function sealOne(secret: Secret, certificate: Certificate): Promise<string> {
  const sealed = await seal(secret, { certificate, hints: true });
  wipeSecret(secret);

  const { object, items } = await inspect(sealed, { certificates: [certificate] });
  process.stderr.write(`${sealed.metadata.name}: ${Object.keys(sealed.spec.encryptedData).length} items sealed\n`);
  for (const finding of [...object, ...[...items.values()].flat()]) {
    process.stderr.write(`${severityOf(finding)}: ${describeFinding(finding)}\n`);
  }
  return writeManifest(sealed, "yaml");
}

/** Core's own errors say what is wrong and where, and never a value; so do those of a file that cannot be read. */
function isForTheUser(error: unknown): error is Error {
  if (error instanceof SealwrightError || error instanceof ManifestSyntaxError) return true;
  return error instanceof Error && "syscall" in error;
}
