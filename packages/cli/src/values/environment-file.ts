import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { decodeText } from "../text.ts";

/** What a shell and kubectl take for a variable's name. */
const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/**
 * Reads `NAME=VALUE` lines as kubectl's `--from-env-file` does: nothing is unquoted and nothing is cut off a value. A line that is a
 * name alone takes the variable of that name. Blank lines, and those that start with `#`, are passed over.
 *
 * @throws CommandError `items` with `environment_file_line`, which says nothing of a value
 */
export function readEnvironmentFile(
  bytes: Uint8Array,
  path: string,
  env: Io["env"],
): readonly (readonly [string, string])[] {
  const refuse = (line: number, why: string) =>
    new CommandError({ code: "items", problem: { code: "environment_file_line", path, line, why } });
  const content = decodeText(bytes);
  if (content === null) throw refuse(1, "this is not UTF-8");
  const lines = content.split(/\r?\n/);
  return lines.flatMap((text, index) => {
    const line = text.trimStart();
    if (line === "" || line.startsWith("#")) return [];
    const equals = line.indexOf("=");
    const name = equals === -1 ? line : line.slice(0, equals);
    if (!NAME.test(name)) throw refuse(index + 1, "what stands before the = is no name");
    return [[name, equals === -1 ? (env[name] ?? "") : line.slice(equals + 1)] as const];
  });
}
