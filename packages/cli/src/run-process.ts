import { ExitCode } from "./exit-codes.ts";
import { main } from "./main.ts";
import { processIo } from "./process-io.ts";

/**
 * Runs a program as this process, to its exit code.
 *
 * @param argv the name that the program was called by, then its arguments
 */
export function runProcess(argv: readonly string[]): void {
  // What holds if the process ends while the program still waits for something.
  process.exitCode = ExitCode.failure;
  void main(argv, processIo(process)).then((code) => {
    process.exitCode = code;
  });
}
