import { concat, utf8 } from "../bytes.ts";

/**
 * The items that templates see, as the engine's module reads them: name, value, name, value ..., each with its length
 * before it.
 */
export function encodeItems(items: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return strings([...items].flatMap(([name, value]) => [utf8(name), value]));
}

/** One template as the engine's module reads it: name, text. */
export function encodeTemplate(name: string, text: string): Uint8Array {
  return strings([utf8(name), utf8(text)]);
}

/** Each string after its length (little-endian, four bytes). */
function strings(parts: readonly Uint8Array[]): Uint8Array {
  return concat(...parts.flatMap((part) => [length(part), part]));
}

function length({ length }: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length, true);
  return bytes;
}
