import { basename } from "node:path";
import { ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { painter, paintLabels } from "./terminal/colour.ts";

/**
 * Runs one program to its end. Everything that it throws ends here, as an exit code and the lines that `render-error.ts` makes of it.
 *
 * @param argv the name that the program was called by, then its arguments
 */
export async function main([program = "", ...args]: readonly string[], io: Io): Promise<ExitCode> {
  const isKubeseal = /^kubeseal\b/.test(basename(program));
  try {
    if (isKubeseal) await (await import("./kubeseal/kubeseal.ts")).runKubeseal(program, args, io);
    else await (await import("./sealwright.ts")).runSealwright(args, io);
    return ExitCode.ok;
  } catch (error) {
    const { renderError } = await import("./render-error.ts");
    const { text, exitCode } = renderError(error, isKubeseal ? "kubeseal" : "sealwright");
    await io.stderr.write(isKubeseal ? text : paintLabels(text, painter(io.stderr, io.env)));
    return exitCode;
  }
}
