/** With a length that is a multiple of four this is all that base64 can be; a single class keeps it linear at any size. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Standard base64 with padding, as Go's `base64.StdEncoding` takes it: line ends inside are passed over, anything else refused.
 * Returns null where the text is no such thing.
 */
export function decodeBase64(text: string): Uint8Array | null {
  const compact = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, "") : text;
  if (compact.length % 4 !== 0 || !BASE64.test(compact)) return null;
  if (typeof Buffer !== "undefined") return Buffer.from(compact, "base64");
  return Uint8Array.from(atob(compact), (character) => character.charCodeAt(0));
}

/** Standard base64 with padding, on one line. */
export function encodeBase64(bytes: Uint8Array): string {
  if (typeof Buffer !== "undefined")
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  let binary = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Big-endian, two bytes. */
export function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

/** Big-endian, four bytes. */
export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}
