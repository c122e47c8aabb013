import { spawnSync } from "node:child_process";
import { root } from "./root.ts";

/** Core as typed ES modules in `packages/core/dist`. Ends the process where it does not compile. */
export function compileCore(): void {
  const shell = process.platform === "win32";
  const parameters = ["-p", "packages/core/tsconfig.build.json"];
  const { status } = spawnSync("tsc", parameters, { cwd: root, stdio: "inherit", shell });
  if (status !== 0) process.exit(status ?? 1);
}
