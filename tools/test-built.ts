/**
 * `npm run test:built`: the command line's scripts, and its ways to a cluster, against what is delivered, the bundle and the executable;
 * and the executable in its image; where an emulator is there, that of the machine that it is one of, too. The last line of each is vitest's.
 */
import { spawnSync } from "node:child_process";
import { findEmulators } from "../test/executable/emulators.ts";
import { root } from "./build/root.ts";

const VITEST = ["run", "--reporter", "dot"];

const platforms = [`${process.platform}-${process.arch}`, ...findEmulators().map(({ target }) => target)];
run("node", ["tools/build.ts", `--executables=${platforms.join(",")}`]);
for (const form of ["bundle", "executable"]) {
  process.stdout.write(`Scripts and connections against the ${form}:\n`);
  run("vitest", [...VITEST, "packages/cli/test/scripts.test.ts", "test/interop/connection.test.ts"], form);
}
process.stdout.write("The executable:\n");
run("vitest", [...VITEST, "--config", "test/executable/vitest.config.ts"]);

function run(program: string, parameters: readonly string[], form = "source"): void {
  const { status } = spawnSync(program, parameters, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, SEALWRIGHT_PROGRAM: form },
  });
  if (status !== 0) process.exit(status ?? 1);
}
