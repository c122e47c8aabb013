/** Length of the magic number and the version that a module starts with. */
const HEADER = 8;
const MEMORY_SECTION = 5;
/** Flags of a memory: whether a maximum follows the minimum. */
const WITHOUT_MAXIMUM = 0;
const WITH_MAXIMUM = 1;
const PAGE = 65_536;

/**
 * Gives a WebAssembly module's only memory a maximum, which the Go linker has no flag for.
 *
 * @param limit bytes, a multiple of 64 KiB
 * @throws Error where the module has no memory section, or another than a Go module has
 */
export function limitMemory(module: Uint8Array, limit: number): Uint8Array {
  const section = findSection(module, MEMORY_SECTION);
  const [memories, flags] = module.subarray(section.content);
  if (memories !== 1 || flags !== WITHOUT_MAXIMUM) throw new Error("the module's memory is not as Go writes it");
  const minimum = module.subarray(section.content + 2, section.end);
  const content = [1, WITH_MAXIMUM, ...minimum, ...leb128(limit / PAGE)];
  return Buffer.concat([
    module.subarray(0, section.start),
    Uint8Array.from([MEMORY_SECTION, ...leb128(content.length), ...content]),
    module.subarray(section.end),
  ]);
}

interface Section {
  /** Offsets of its first byte, of what it contains, and of what follows it. */
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

function findSection(module: Uint8Array, wanted: number): Section {
  let start = HEADER;
  while (start < module.length) {
    const { value: length, end: content } = readLeb128(module, start + 1);
    const end = content + length;
    if (module[start] === wanted) return { start, content, end };
    start = end;
  }
  throw new Error(`the module has no section ${wanted}`);
}

/** Little-endian groups of seven bits; the high bit says that another follows. */
function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >>> 7)];
}

function readLeb128(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let at = start;
  let shift = 0;
  let byte: number;
  do {
    byte = bytes[at++] ?? 0;
    value |= (byte & 127) << shift;
    shift += 7;
  } while (byte & 128);
  return { value, end: at };
}
