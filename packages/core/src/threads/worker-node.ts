/** A thread of Node and Bun. */
import type { KeyObject } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { decryptOaepWith } from "../crypto/node.ts";

/** What a thread is told. A KeyObject is sent without a copy of its key: both threads hold the same one. */
export interface DecryptMessage {
  readonly id: number;
  readonly key: KeyObject;
  readonly ciphertext: Uint8Array;
  readonly label: Uint8Array;
}

/** What it answers. The session key's memory is handed over: no copy of it stays behind. */
export interface DecryptedMessage {
  readonly id: number;
  readonly sessionKey: Uint8Array | null;
}

parentPort?.on("message", ({ id, key, ciphertext, label }: DecryptMessage) => {
  const sessionKey = decryptOaepWith(key, ciphertext, label);
  const message: DecryptedMessage = { id, sessionKey };
  parentPort?.postMessage(message, sessionKey === null ? [] : [sessionKey.buffer]);
});
