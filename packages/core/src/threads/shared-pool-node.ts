import { type KeyObject, webcrypto } from "node:crypto";
import { availableParallelism } from "node:os";
import { keyObjectOf } from "../crypto/node.ts";
import type { PrivateKey } from "../crypto/port.ts";
import type { DecryptionJob, HostThread, ThreadHost, ThreadListeners } from "./host.ts";

/**
 * So many threads Node starts, where nothing else is said, for all that it does beside the program's own; a decryption holds up the rest for
 * milliseconds.
 */
const USUAL_POOL = 4;

const ALGORITHM = { name: "RSA-OAEP", hash: "SHA-256" };

/**
 * Backs the port with the threads that Node has anyway, through WebCrypto: a thread of one's own takes twenty megabytes, and this one
 * nothing. What stands for a thread is a copy of the keys, for decryptions with one CryptoKey wait for each other.
 */
export const sharedPool: ThreadHost = { cores: Math.min(poolSize(), availableParallelism()), startThread };

function poolSize(): number {
  return Number(process.env["UV_THREADPOOL_SIZE"]) || USUAL_POOL;
}

function startThread({ onDone, onFailure }: ThreadListeners): HostThread {
  const keys = new WeakMap<PrivateKey, Promise<webcrypto.CryptoKey>>();
  let ended = false;
  const decrypt = async ({ id, key, ciphertext, label }: DecryptionJob) => {
    const imported = keys.get(key) ?? importKey(keyObjectOf(key));
    keys.set(key, imported);
    const sessionKey = await decrypted(await imported, ciphertext.slice(), label.slice());
    if (ended) sessionKey?.fill(0);
    else onDone(id, sessionKey);
  };
  return {
    decrypt(job) {
      decrypt(job).catch((error: unknown) => {
        if (!ended) onFailure(error);
        ended = true;
      });
    },
    terminate() {
      ended = true;
    },
    // Work that is under way keeps a process alive by itself.
    keepAlive: () => undefined,
  };
}

async function importKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = key.export({ type: "pkcs8", format: "der" });
  try {
    return await webcrypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["decrypt"]);
  } finally {
    der.fill(0);
  }
}

/** Null where key, label or bytes are wrong, which WebCrypto calls an OperationError. */
async function decrypted(
  key: webcrypto.CryptoKey,
  ciphertext: Uint8Array<ArrayBuffer>,
  label: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await webcrypto.subtle.decrypt({ name: ALGORITHM.name, label }, key, ciphertext));
  } catch (error) {
    if (error instanceof DOMException && error.name === "OperationError") return null;
    throw error;
  }
}
