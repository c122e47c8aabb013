import type { Secret } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import type { RecoveryProblem } from "./problem.ts";

/**
 * The items of Secrets as a `.env` file. Shells, Docker Compose and the libraries of JavaScript, Python and Go do not agree on quotes;
 * a value is written as all of them read it, and where there is no such way, refused:
 *
 *     NAME=value      letters, digits and a few signs that mean nothing to anybody
 *     NAME='value'    everything else, on several lines, too
 *     NAME="value"    what has an apostrophe, and nothing that means something between these
 *
 * @throws CommandError `recovery` with `not_an_environment_name`, `not_an_environment_value`, `environment_name_twice`
 */
export function environmentText(secrets: readonly Secret[]): string {
  const lines = new Map<string, string>();
  for (const { data } of secrets) {
    for (const [item, bytes] of data) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(item)) throw refusal({ code: "not_an_environment_name", item });
      if (lines.has(item)) throw refusal({ code: "environment_name_twice", item });
      const quoted = quote(bytes);
      if (quoted === null) throw refusal({ code: "not_an_environment_value", item });
      lines.set(item, `${item}=${quoted}\n`);
    }
  }
  return [...lines.values()].join("");
}

/** Null where it is no text, or has no form that all would read alike. */
function quote(bytes: Uint8Array): string | null {
  const text = decode(bytes);
  // A carriage return is a line feed to some, and other control characters are in no text.
  if (text === null || /[^\P{Cc}\n\t]/u.test(text)) return null;
  if (/^[A-Za-z0-9_./:@%+,=-]*$/.test(text)) return text;
  // Some take a backslash before another one, or before the end, for more than itself.
  if (!/'|\\\\|\\$/.test(text)) return `'${text}'`;
  return /["\\$`]/.test(text) ? null : `"${text}"`;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function refusal(problem: RecoveryProblem): CommandError {
  return new CommandError({ code: "recovery", problem });
}
