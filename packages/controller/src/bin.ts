#!/usr/bin/env node
import { availableParallelism } from "node:os";
import process from "node:process";
import { setFlagsFromString } from "node:v8";

// The heap grows by what is kept, and not by what the first minute of work throws away: half the memory, at no cost that can be measured.
setFlagsFromString("--optimize-for-size");

// Node's own threads decrypt: one for every core, and two for the rest of what they do. They start when they are first needed.
process.env["UV_THREADPOOL_SIZE"] ??= String(Math.max(4, availableParallelism() + 2));

// Node's own answer to SIGUSR1 is to open a debugger port, in the process that holds the keys: ours comes before anything else.
let renew = () => {};
process.on("SIGUSR1", () => renew());
// Without an answer of ours it would end the process.
let profile = () => {};
process.on("SIGUSR2", () => profile());

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

const [{ main }, { lossyOutput }] = await Promise.all([import("./main.ts"), import("./output.ts")]);
process.exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: lossyOutput(process.stdout),
  stderr: lossyOutput(process.stderr),
  stop: stop.signal,
  onRenew: (action) => {
    renew = action;
  },
  onProfile: (action) => {
    profile = action;
  },
});
// Lines that nobody reads do not hold up the end.
setTimeout(() => process.exit(), 1_000).unref();
