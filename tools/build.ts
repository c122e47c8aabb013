/**
 * `npm run build`: what is published. `core` becomes typed ES modules, `cli` and `controller` bundles with all that they need inside.
 * With `--executables`, also the command line as one file that needs no Node, for this platform; `--executables=linux-arm64,...` or
 * `=all` says for which.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { buildCommandLine } from "./build/command-line.ts";
import { buildController } from "./build/controller.ts";
import { compileCore } from "./build/core.ts";
import { buildExecutables, readTargets } from "./build/executables.ts";
import { root } from "./build/root.ts";

const targets = readTargets(process.argv.slice(2));
const dist = (name: string) => join(root, "packages", name, "dist");

await Promise.all(["core", "cli", "controller"].map((name) => rm(dist(name), { recursive: true, force: true })));
compileCore();
await Promise.all([buildCommandLine(), buildController()]);
process.stdout.write("Built packages/core/dist, packages/cli/dist and packages/controller/dist.\n");
for (const executable of await buildExecutables(targets)) process.stdout.write(`Built ${executable}.\n`);
