import { join } from "node:path";
import { load } from "./load.ts";
import { complaintAbout } from "./node-version.ts";
import type * as Program from "./program.ts";

/** Starts the program that is bundled in a folder: see `program.ts`. */
export function start(folder: string, argv: readonly string[]): void {
  const complaint = complaintAbout(process.versions.node);
  if (complaint !== null) {
    process.stderr.write(complaint);
    process.exitCode = 1;
    return;
  }
  const { runProcess } = load(join(folder, "program.cjs")) as typeof Program;
  runProcess(argv);
}
