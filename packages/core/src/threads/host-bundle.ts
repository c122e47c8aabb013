import { hostWith } from "./host-node.ts";

export { sharedPool } from "./shared-pool-node.ts";

/** The host of a program that was bundled into one file: its build puts the thread's program beside it (tools/build.ts). */
export const threadHost = hostWith(new URL("./decryption-worker.js", import.meta.url));
