import { join } from "node:path";
import { bundleModule } from "./bundle.ts";

/** What the threads of a bundle run: see packages/core/src/threads/host-bundle.ts. */
export async function addDecryptionWorker(folder: string): Promise<void> {
  await bundleModule({
    entryPoints: ["packages/core/src/threads/worker-node.ts"],
    outfile: join(folder, "decryption-worker.js"),
  });
}
