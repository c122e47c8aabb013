import { CommandError } from "./failure.ts";

/** For people, or for programs. */
export type ListFormat = "table" | "json";

/** @throws CommandError `usage` */
export function readListFormat(text: string): ListFormat {
  if (text === "table" || text === "json") return text;
  const message = `unknown output format ${JSON.stringify(text)}`;
  throw new CommandError({ code: "usage", message, hint: "it is table or json" });
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
