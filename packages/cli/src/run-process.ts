import { ExitCode } from "./exit-codes.ts";
import { main } from "./main.ts";
import { processIo } from "./process-io.ts";

/**
 * Runs a program as this process, to its exit code.
 *
 * @param argv the name that the program was called by, then its arguments
 */
export function runProcess(argv: readonly string[]): void {
  const beforeItsEnd = () => {
    process.exitCode = ExitCode.failure;
  };
  // A program that waits for what never comes ends when nothing else is left to do: that is no success.
  process.once("exit", beforeItsEnd);
  void main(argv, processIo(process)).then((code) => {
    process.removeListener("exit", beforeItsEnd);
    // All that was said has been taken. Left to end by itself, Node would take the engine down part by part: after a request, for 40 ms.
    process.exit(code);
  });
}
