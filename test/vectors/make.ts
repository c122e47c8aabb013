/**
 * Makes the vectors of this folder anew, with programs that are not ours. Run by hand, when the format or a peer changes:
 *
 *     node test/vectors/make.ts KUBESEAL
 *
 * KUBESEAL is the Go project's command line, as `npm run cluster` builds it. `go`, `openssl`, `ssh` and `ssh-keygen` must be on PATH.
 * Every run draws new keys, so that all files change together; run `npm run format` on them. Where the Go project opens what must be
 * refused, or refuses what must open, nothing is written.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeBase64File } from "./make/base64-texts.ts";
import { makeCertificatesFile } from "./make/certificates.ts";
import { makeDeprecatedDataFile } from "./make/deprecated-data.ts";
import { makeFingerprintsFile } from "./make/fingerprints.ts";
import { makeHybridFile } from "./make/hybrid.ts";
import { keysFile, makeKeys } from "./make/keys.ts";
import { Kubeseal } from "./make/kubeseal.ts";
import { OpenSsl } from "./make/openssl.ts";
import { makeRefusedFile } from "./make/refused.ts";
import { makeLargeValueFile, makeScopeFile } from "./make/sealed-secrets.ts";
import type { VectorFileName } from "./vector-files.ts";

const [program] = process.argv.slice(2);

if (program === undefined) {
  process.stderr.write("usage: node test/vectors/make.ts KUBESEAL\n");
  process.exitCode = 2;
} else {
  const folder = mkdtempSync(join(tmpdir(), "sealwright-vectors-"));
  try {
    for (const [name, file] of Object.entries(makeFiles(resolve(program), folder))) {
      writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(file, null, 2)}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makeFiles(program: string, folder: string): Readonly<Record<VectorFileName, object>> {
  const openssl = new OpenSsl(folder);
  const kubeseal = new Kubeseal(program, folder);
  const keys = makeKeys(openssl);
  return {
    "base64.json": makeBase64File(kubeseal, keys),
    "certificates.json": makeCertificatesFile(keys, openssl),
    "cluster-wide.json": makeScopeFile("cluster-wide", kubeseal, keys),
    "deprecated-data.json": makeDeprecatedDataFile(keys),
    "fingerprints.json": makeFingerprintsFile(openssl),
    "hybrid.json": makeHybridFile(keys),
    "keys.json": keysFile(keys, openssl),
    "large-value.json": makeLargeValueFile(kubeseal, keys),
    "namespace-wide.json": makeScopeFile("namespace-wide", kubeseal, keys),
    "refused.json": makeRefusedFile(kubeseal, keys),
    "strict.json": makeScopeFile("strict", kubeseal, keys),
  };
}
