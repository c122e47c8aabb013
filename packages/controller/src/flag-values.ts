import { SCOPES, type Scope } from "@sealwright/core";
import { InvalidArgumentError } from "commander";
import { parseDuration } from "./duration.ts";
import type { ListenAddress } from "./http/server.ts";
import { MOST_SHARDS } from "./leases/shards.ts";

/* Each reads the text of a flag or throws commander's InvalidArgumentError, which says what the flag takes. */

export function readBoolean(text: string): boolean {
  if (["1", "t", "true", "T", "True", "TRUE"].includes(text)) return true;
  if (["0", "f", "false", "F", "False", "FALSE"].includes(text)) return false;
  throw new InvalidArgumentError("it is true or false.");
}

export function readNames(text: string): readonly string[] {
  return [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== "");
}

/** `k=v,k=v`. Only the first `=` of each pair divides it. */
export function readPairs(text: string): Readonly<Record<string, string>> {
  const pairs = readNames(text).map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new InvalidArgumentError("it is NAME=VALUE,NAME=VALUE.");
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

/** Names, or beginnings of names and a `*`, of types, labels and annotations. */
export function readPatterns(text: string): readonly string[] {
  const patterns = readNames(text);
  if (patterns.length > 0 && patterns.every((pattern) => /^[A-Za-z0-9._/-]*\*?$/.test(pattern))) return patterns;
  throw new InvalidArgumentError("it is names, each of them whole or its beginning and *: Opaque,kubernetes.io/*.");
}

export function readScopes(text: string): readonly Scope[] {
  const names = readNames(text);
  const scopes = SCOPES.filter((scope) => names.includes(scope));
  if (names.length > 0 && scopes.length === names.length) return scopes;
  throw new InvalidArgumentError(`it is some of ${SCOPES.join(",")}.`);
}

export function readBits(text: string): number {
  const bits = Number(text);
  if (Number.isInteger(bits) && bits >= 2048 && bits <= 8192 && bits % 8 === 0) return bits;
  throw new InvalidArgumentError("it is 2048 to 8192, in steps of 8.");
}

export function readInteger(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^[+-]?\d{1,9}$/.test(text) && number >= least) return number;
    throw new InvalidArgumentError(`it is a whole number, ${least} at the least.`);
  };
}

export function readNumber(text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it is a number.");
}

/** Milliseconds; 0 too. */
export function readDuration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== null && milliseconds >= 0) return milliseconds;
  throw new InvalidArgumentError("it is a duration such as 720h0m0s.");
}

/** Milliseconds, more than 0. */
export function readSpan(text: string): number {
  const milliseconds = readDuration(text);
  if (milliseconds > 0) return milliseconds;
  throw new InvalidArgumentError("it is a duration such as 720h0m0s, and not 0.");
}

/** Milliseconds; whole seconds, as the API server keeps them. */
export function readSeconds(text: string): number {
  const milliseconds = readSpan(text);
  if (milliseconds % 1_000 === 0) return milliseconds;
  throw new InvalidArgumentError("it is a number of whole seconds, such as 12s.");
}

export function readShards(text: string): number {
  const number = Number(text);
  if (/^\d{1,2}$/.test(text) && number >= 1 && number <= MOST_SHARDS) return number;
  throw new InvalidArgumentError(`it is a whole number, 1 to ${MOST_SHARDS}.`);
}

/** What the names of Leases begin with: more is added to it. */
export function readLeaseName(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,199}$/.test(text)) return text;
  throw new InvalidArgumentError("it is 1 to 200 of a-z, 0-9 and -, and begins with none of the latter.");
}

/** `generateName` of keys. Go: 245 characters at the most, for a name ends with what the API server adds. */
export function readKeyPrefix(text: string): string {
  if (/^[a-z0-9-]{1,245}$/.test(text)) return text;
  throw new InvalidArgumentError("it is 1 to 245 of a-z, 0-9 and -.");
}

export function readAddress(text: string): ListenAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new InvalidArgumentError("it is [HOST]:PORT.");
  return { host: bracketed ?? (plain === "" ? undefined : plain), port: Number(port) };
}

export function readLevel(text: string): "debug" | "info" | "warn" | "error" {
  const level = (["debug", "info", "warn", "error"] as const).find((known) => known === text.toLowerCase());
  if (level === undefined) throw new InvalidArgumentError("it is debug, info, warn or error.");
  return level;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const RFC1123Z = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/;

/** RFC 1123 with a numeric zone, as `date -R` prints it: `Mon, 14 Oct 2024 21:45:30 +0200`. Null where the text is empty. */
export function readTime(text: string): Date | null {
  if (text === "") return null;
  const [, day, name = "", year, hour, minute, second, sign, zoneHours, zoneMinutes] = RFC1123Z.exec(text) ?? [];
  const month = MONTHS.indexOf(name);
  const local = new Date(Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second)));
  // A date that there is not, such as the 31st of April, or 25 o'clock, comes out as another one.
  const exists = month >= 0 && local.toISOString().slice(8, 19) === `${day}T${hour}:${minute}:${second}`;
  if (!exists) throw new InvalidArgumentError('it is a time such as "Mon, 14 Oct 2024 21:45:30 +0200".');
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return new Date(local.getTime() - (sign === "-" ? -offset : offset));
}
