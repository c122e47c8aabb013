/** `npm run check`: format and lint (which the package arrows are a part of), then types. */
import { spawnSync } from "node:child_process";

const STEPS = [
  ["biome", "ci", "--error-on-warnings", "."],
  ["tsc", "-p", "."],
  ["tsc", "-p", "examples/browser-page"],
] as const;

for (const [program, ...parameters] of STEPS) {
  const { status } = spawnSync(program, parameters, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}
process.stdout.write("Format, lint, package arrows and types are in order.\n");
