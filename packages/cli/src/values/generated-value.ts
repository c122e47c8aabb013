import { randomInt } from "node:crypto";
import { CommandError } from "../failure.ts";

/** A value to be made up. */
export interface Generator {
  readonly item: string;
  /** In characters. */
  readonly length: number;
  /** Each as likely as any other. */
  readonly characters: string;
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";

const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ["alphanumeric", UPPER + LOWER + DIGITS],
  ["letters", UPPER + LOWER],
  ["digits", DIGITS],
  ["hex", `${DIGITS}abcdef`],
  ["base64url", `${UPPER}${LOWER}${DIGITS}-_`],
  // What stands on a keyboard, but for the space.
  ["ascii", Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).join("")],
]);

const DEFAULT_LENGTH = 32;
const MAX_LENGTH = 65_536;
const SYNTAX = /^([^:]+)(?::([1-9][0-9]*)(?::([a-z0-9]+))?)?$/;

/** Reads `KEY`, `KEY:LENGTH` or `KEY:LENGTH:CHARACTERS`. @throws CommandError `items` with `generator_invalid` */
export function readGenerator(text: string): Generator {
  const [, item, digits = String(DEFAULT_LENGTH), set = "alphanumeric"] = SYNTAX.exec(text) ?? [];
  const length = Number(digits);
  const characters = CHARACTERS.get(set);
  if (item === undefined || characters === undefined || length > MAX_LENGTH) {
    throw new CommandError({ code: "items", problem: { code: "generator_invalid", text } });
  }
  return { item, length, characters };
}

/** Makes a value up; every character is drawn for itself, from the operating system's randomness. */
export function generateValue({ length, characters }: Omit<Generator, "item">): Uint8Array {
  const value = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) value.write(characters.charAt(randomInt(characters.length)), index);
  return value;
}
