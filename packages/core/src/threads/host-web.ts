import { cryptography } from "../crypto/web.ts";
import type { ThreadHost } from "./host.ts";

declare const navigator: { readonly hardwareConcurrency?: number };

/** Backs the port with WebCrypto, which decrypts on threads that the browser starts. */
export const threadHost: ThreadHost = {
  cores: navigator.hardwareConcurrency ?? 2,

  startThread({ onDone, onFailure }) {
    let ended = false;
    return {
      decrypt({ id, key, ciphertext, label }) {
        const done = (sessionKey: Uint8Array | null) => {
          if (ended) sessionKey?.fill(0);
          else onDone(id, sessionKey);
        };
        cryptography.decryptOaep(key, ciphertext, label).then(done, onFailure);
      },
      terminate() {
        ended = true;
      },
      keepAlive: () => undefined,
    };
  },
};

/** Here nothing else is to be had. */
export const sharedPool = threadHost;
