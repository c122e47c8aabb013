import { createHash } from "node:crypto";

const [MAGIC_64, HEADER_SIZE] = [0xfeedfacf, 32];
const [LC_SEGMENT_64, LC_CODE_SIGNATURE] = [0x19, 0x1d];

const [SUPER_BLOB, CODE_DIRECTORY] = [0xfade0cc0, 0xfade0c02];
const SUPER_BLOB_SIZE = 20;
const DIRECTORY_SIZE = 88;
const VERSION = 0x20400;
/** By nobody, and as a linker does it: whoever has a certificate may sign it anew. */
const FLAGS = 0x20002;
const [HASH_SIZE, SHA_256] = [32, 2];
const [PAGE_BITS, PAGE] = [12, 4096];
/** Of the memory of an Apple silicon machine. */
const LARGE_PAGE = 16_384;
const MAIN_BINARY = 1n;

/**
 * A macOS program with a signature that names each of its pages and no signer, in the place of the one that it has. macOS ends a program
 * whose signature is about other bytes, as one is that a program was added to which its maker had signed: Bun signs anew for arm64 alone.
 *
 * It is to the byte what Go's linker signs with. The layout is that of `mach-o/loader.h` and of XNU's `cs_blobs.h`. Throws where it is no 64-bit Mach-O file with a signature at its end.
 */
export function signAdHoc(program: Buffer, identifier: string): Buffer {
  const signatureCommand = commandOf(program, (command) => command === LC_CODE_SIGNATURE);
  const linkEdit = segmentOf(program, "__LINKEDIT");
  const text = segmentOf(program, "__TEXT");
  const codeLimit = program.readUInt32LE(signatureCommand + 8);
  const name = Buffer.from(`${identifier}\0`);
  const pages = Math.ceil(codeLimit / PAGE);
  const size = SUPER_BLOB_SIZE + DIRECTORY_SIZE + name.length + pages * HASH_SIZE;
  const signed = Buffer.alloc(codeLimit + size);
  program.copy(signed, 0, 0, codeLimit);
  // The first page names the signature's size, and has to have it before it is hashed.
  const linkEditSize = BigInt(codeLimit + size) - signed.readBigUInt64LE(linkEdit + 40);
  signed.writeUInt32LE(size, signatureCommand + 12);
  signed.writeBigUInt64LE(linkEditSize, linkEdit + 48);
  if (linkEditSize > signed.readBigUInt64LE(linkEdit + 32)) {
    signed.writeBigUInt64LE(BigInt(Math.ceil(Number(linkEditSize) / LARGE_PAGE) * LARGE_PAGE), linkEdit + 32);
  }
  const range = { base: signed.readBigUInt64LE(text + 40), limit: signed.readBigUInt64LE(text + 48) };
  codeDirectory({ code: signed.subarray(0, codeLimit), name, range }).copy(signed, codeLimit + SUPER_BLOB_SIZE);
  superBlob(signed.subarray(codeLimit));
  return signed;
}

interface Signed {
  readonly code: Buffer;
  /** Ended by a zero. */
  readonly name: Buffer;
  /** Of the segment with the program's instructions, in the file. */
  readonly range: { readonly base: bigint; readonly limit: bigint };
}

/** All of it is big-endian. */
function codeDirectory({ code, name, range }: Signed): Buffer {
  const pages = Array.from({ length: Math.ceil(code.length / PAGE) }, (_, page) => {
    const content = code.subarray(page * PAGE, (page + 1) * PAGE);
    return createHash("sha256").update(content).digest();
  });
  const directory = Buffer.alloc(DIRECTORY_SIZE);
  const length = DIRECTORY_SIZE + name.length + pages.length * HASH_SIZE;
  const fields = [
    CODE_DIRECTORY,
    length,
    VERSION,
    FLAGS,
    DIRECTORY_SIZE + name.length,
    DIRECTORY_SIZE,
    0,
    pages.length,
  ];
  for (const [index, field] of [...fields, code.length].entries()) directory.writeUInt32BE(field, index * 4);
  directory.set([HASH_SIZE, SHA_256, 0, PAGE_BITS], 36);
  for (const [index, field] of [range.base, range.limit, MAIN_BINARY].entries()) {
    directory.writeBigUInt64BE(field, 64 + index * 8);
  }
  return Buffer.concat([directory, name, ...pages]);
}

/** Its only part is the code directory. */
function superBlob(signature: Buffer): void {
  const length = SUPER_BLOB_SIZE + signature.readUInt32BE(SUPER_BLOB_SIZE + 4);
  for (const [index, field] of [SUPER_BLOB, length, 1, 0, SUPER_BLOB_SIZE].entries()) {
    signature.writeUInt32BE(field, index * 4);
  }
}

function segmentOf(program: Buffer, name: string): number {
  return commandOf(program, (command, at) => {
    return command === LC_SEGMENT_64 && program.toString("latin1", at + 8, at + 24).replace(/\0+$/, "") === name;
  });
}

/** Where the first load command starts that is wanted. */
function commandOf(program: Buffer, isWanted: (command: number, at: number) => boolean): number {
  if (program.readUInt32LE(0) !== MAGIC_64) throw new Error("this is no 64-bit Mach-O file");
  let at = HEADER_SIZE;
  for (let left = program.readUInt32LE(16); left > 0; left -= 1) {
    if (isWanted(program.readUInt32LE(at), at)) return at;
    at += program.readUInt32LE(at + 4);
  }
  throw new Error("this Mach-O file lacks what a signed program has");
}
