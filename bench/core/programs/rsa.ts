/** `rsa.js encrypt|decrypt COUNT THREADS KEY`: so many bare RSA operations by OpenSSL, without padding, format or anything else. */
import { constants, createPrivateKey, createPublicKey, privateDecrypt, publicEncrypt } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const [operation, count = "0", threads = "1", keyFile = ""] = isMainThread ? argv.slice(2) : (workerData as string[]);
if (isMainThread && threads !== "1") {
  const share = String(Number(count) / Number(threads));
  for (let thread = 0; thread < Number(threads); thread += 1) {
    new Worker(new URL(import.meta.url), { workerData: [operation, share, "1", keyFile] });
  }
} else {
  const privateKey = createPrivateKey(readFileSync(keyFile, "utf8"));
  const publicKey = createPublicKey(privateKey);
  const padding = constants.RSA_NO_PADDING;
  const bytes = publicEncrypt({ key: publicKey, padding }, Buffer.alloc(512, 1));
  Error.stackTraceLimit = 0;
  for (let done = 0; done < Number(count); done += 1) {
    if (operation === "encrypt") publicEncrypt({ key: publicKey, padding }, bytes);
    else privateDecrypt({ key: privateKey, padding }, bytes);
  }
}
