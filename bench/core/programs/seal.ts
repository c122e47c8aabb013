/** `seal.js CERTIFICATE IN OUT`: Secrets, a line of JSON each, to SealedSecrets. */
import { readFileSync } from "node:fs";
import { readCertificate, readSecret, seal } from "@sealwright/core";
import { inBulk } from "./in-bulk.js";

const [certificateFile = "", input = "", output = ""] = process.argv.slice(2);
const certificate = await readCertificate(readFileSync(certificateFile, "utf8"));
await inBulk(input, output, 1, async (line) =>
  JSON.stringify(await seal(readSecret(JSON.parse(line)), { certificate })),
);
