/**
 * `npm run cluster`: builds etcd, the API server and the real Go programs that tests compare with, once, into a cache outside this
 * checkout. All of it comes from Go modules that go.sum pins. At once where it is done already.
 */
import { buildPeers } from "./build-peers.ts";
import { peerCache } from "./cache.ts";
import { GoError } from "./go.ts";
import { PEER_MODULES } from "./peer-modules.ts";
import { elapsed, Progress } from "./progress.ts";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort());

const started = performance.now();
try {
  await buildPeers(PEER_MODULES, new Progress(process.stdout), interruption.signal);
  process.stdout.write(`The test cluster is built (${elapsed(performance.now() - started)}): ${peerCache()}\n`);
} catch (error) {
  if (!(error instanceof GoError) && !interruption.signal.aborted) throw error;
  process.stderr.write(interruption.signal.aborted ? "interrupted\n" : `error: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
