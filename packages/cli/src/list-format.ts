import { CommandError } from "./failure.ts";

/** For people, or for programs. */
export type ListFormat = "table" | "json";

/** @throws CommandError `usage` */
export function readListFormat(text: string): ListFormat {
  return oneOf(["table", "json"], text);
}

/** @throws CommandError `usage` */
export function readTextFormat(text: string): "text" | "json" {
  return oneOf(["text", "json"], text);
}

function oneOf<T extends string>(known: readonly T[], text: string): T {
  const found = known.find((format) => format === text);
  if (found !== undefined) return found;
  const message = `unknown output format ${JSON.stringify(text)}`;
  throw new CommandError({ code: "usage", message, hint: `it is ${known.join(" or ")}` });
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
