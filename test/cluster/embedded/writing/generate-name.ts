import { randomInt } from "node:crypto";

/** No vowels and nothing that looks like one, so that no words come out. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const RANDOM_LENGTH = 5;
const MAX_BASE_LENGTH = 63 - RANDOM_LENGTH;

/** A name that starts with `generateName`, cut where it is too long, and ends in five random characters. */
export function generateName(base: string): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return base.slice(0, MAX_BASE_LENGTH) + random.join("");
}
