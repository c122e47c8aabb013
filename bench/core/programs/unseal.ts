/**
 * `unseal.js KEYS CALLERS THREADS IN OUT`: SealedSecrets, a line of JSON each, to Secrets. KEYS is the JSON of a list of PEM pairs;
 * so many callers unseal at the same time, on so many threads beside this one.
 */
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import {
  createDecryptionThreads,
  createTemplateEngine,
  KeyRing,
  readSealedSecret,
  readSealingKey,
  type SealingKeyPem,
  secretManifest,
  unseal,
} from "@sealwright/core";
import { inBulk } from "./in-bulk.js";

const [keyFile = "", callers = "1", threadCount = "0", input = "", output = ""] = process.argv.slice(2);
let workers = 0;
process.on("worker", () => {
  workers += 1;
});
const pems = JSON.parse(readFileSync(keyFile, "utf8")) as readonly SealingKeyPem[];
const ring = new KeyRing(await Promise.all(pems.map((pem) => readSealingKey(pem))));
const threads = threadCount === "0" ? undefined : createDecryptionThreads({ threads: Number(threadCount) });
const templates = createTemplateEngine();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
await inBulk(input, output, Number(callers), async (line) => {
  const { secret } = await unseal(readSealedSecret(JSON.parse(line)), ring, { threads, templates });
  return JSON.stringify(secretManifest(secret));
});
delay.disable();
threads?.close();
templates.close();
if (workers > Number(threadCount)) throw new Error("a template engine was started, and there is no template");
// The histogram counts the pause that was asked for as well.
const milliseconds = Math.max(0, delay.percentile(99) / 1e6 - 1);
process.stdout.write(JSON.stringify({ "event loop late by, 99 %, ms": Number(milliseconds.toFixed(1)) }));
