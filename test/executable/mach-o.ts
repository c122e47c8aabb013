import { createHash } from "node:crypto";

/** What a macOS executable says of itself (`mach-o/loader.h`), and of who has signed it (`cs_blobs.h`). */
export interface MachO {
  readonly architecture: "x64" | "arm64" | null;
  /** Whether it is a program, and no library or the like. */
  readonly isProgram: boolean;
  /** Null where it is not signed: then an Apple silicon machine does not start it. */
  readonly signature: CodeSignature | null;
}

export interface CodeSignature {
  /** Signed by nobody: what it says is only that it is whole. */
  readonly isAdHoc: boolean;
  /** Bytes that it is about: all up to the signature itself. */
  readonly codeLimit: number;
  /** Where the signature starts. */
  readonly offset: number;
  /** How many pages it names, and from which on they are not what is there; null where all of them are. */
  readonly pages: number;
  readonly firstBadPage: number | null;
}

const MAGIC_64 = 0xfeedfacf;
const ARCHITECTURES: Readonly<Record<number, "x64" | "arm64">> = { 16777223: "x64", 16777228: "arm64" };
const EXECUTE = 2;
const HEADER_SIZE = 32;
const LC_CODE_SIGNATURE = 0x1d;

const SUPER_BLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const AD_HOC = 2;
const SHA_256 = 2;

/** Null where it is no 64-bit Mach-O file. */
export function readMachO(file: Buffer): MachO | null {
  if (file.length < HEADER_SIZE || file.readUInt32LE(0) !== MAGIC_64) return null;
  const signature = commandOf(file, LC_CODE_SIGNATURE);
  return {
    architecture: ARCHITECTURES[file.readUInt32LE(4)] ?? null,
    isProgram: file.readUInt32LE(12) === EXECUTE,
    signature: signature === null ? null : readSignature(file, file.readUInt32LE(signature + 8)),
  };
}

/** Where the load command of that kind starts. */
function commandOf(file: Buffer, wanted: number): number | null {
  let at = HEADER_SIZE;
  for (let left = file.readUInt32LE(16); left > 0; left -= 1) {
    if (file.readUInt32LE(at) === wanted) return at;
    at += file.readUInt32LE(at + 4);
  }
  return null;
}

/** All in it is big-endian. */
function readSignature(file: Buffer, offset: number): CodeSignature | null {
  if (file.readUInt32BE(offset) !== SUPER_BLOB) return null;
  const entries = Array.from({ length: file.readUInt32BE(offset + 8) }, (_, index) => offset + 12 + index * 8);
  const blobs = entries.map((entry) => offset + file.readUInt32BE(entry + 4));
  const directory = blobs.find((blob) => file.readUInt32BE(blob) === CODE_DIRECTORY);
  if (directory === undefined || file[directory + 37] !== SHA_256) return null;
  const codeLimit = file.readUInt32BE(directory + 32);
  const pages = file.readUInt32BE(directory + 28);
  const hashes = directory + file.readUInt32BE(directory + 16);
  const pageSize = 2 ** (file[directory + 39] ?? 0);
  const isRight = (page: number) => {
    const content = file.subarray(page * pageSize, Math.min((page + 1) * pageSize, codeLimit));
    const named = file.subarray(hashes + page * 32, hashes + (page + 1) * 32);
    return createHash("sha256").update(content).digest().equals(named);
  };
  const firstBadPage = Array.from({ length: pages }, (_, page) => page).find((page) => !isRight(page)) ?? null;
  const isAdHoc = (file.readUInt32BE(directory + 12) & AD_HOC) !== 0;
  return { isAdHoc, codeLimit, offset, pages, firstBadPage };
}
