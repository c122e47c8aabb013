import { spawn } from "node:child_process";
import process from "node:process";
import type { Io } from "../io.ts";

/** What of a `process` a pager needs. */
export interface PagerStreams {
  readonly stdout: { readonly isTTY?: boolean; readonly rows?: number };
  readonly env: Io["env"];
}

/** What a shell says of a command that there is not, or that is no program. */
const NOT_STARTED: ReadonlySet<number | null> = new Set([126, 127]);

/**
 * Shows a text with `$PAGER` where stdout is a terminal with too few lines for it.
 *
 * @returns false where nothing was shown: it is short, there is no terminal, or no pager that works
 */
export async function page(text: string, { stdout, env }: PagerStreams): Promise<boolean> {
  const pager = env["PAGER"]?.trim() ?? "";
  const lines = text.split("\n").length;
  if (stdout.isTTY !== true || pager === "" || lines <= (stdout.rows ?? Infinity)) return false;
  // Ctrl-C is for the pager, which must not be left alone with the terminal.
  const stay = () => undefined;
  process.on("SIGINT", stay);
  try {
    return !NOT_STARTED.has(await run(pager, text, env));
  } finally {
    process.removeListener("SIGINT", stay);
  }
}

/** Its exit code, which is 127 where there is no shell either. */
function run(pager: string, text: string, env: Io["env"]): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(pager, { shell: true, stdio: ["pipe", "inherit", "inherit"], env: { ...env } });
    child.once("error", () => resolve(127));
    child.once("close", resolve);
    // Whoever has read enough closes it.
    child.stdin.on("error", () => undefined).end(text);
  });
}
