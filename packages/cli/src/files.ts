import { randomBytes } from "node:crypto";
import { type FileHandle, open, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CommandError } from "./failure.ts";
import { faultOf } from "./fault.ts";
import type { Files } from "./io.ts";

/** Only ciphertext and certificates are written, and those are for everybody. */
const NEW_FILE_MODE = 0o644;

/** The file system as seen from a folder. */
export function filesFrom(folder: string): Files {
  return {
    resolve: (path) => resolve(folder, path),

    async read(path) {
      try {
        return await readFile(resolve(folder, path));
      } catch (cause) {
        throw new CommandError({ code: "file_unreadable", path, fault: faultOf(cause) }, { cause });
      }
    },

    async replace(path, text) {
      try {
        await replaceFile(resolve(folder, path), text);
      } catch (cause) {
        throw new CommandError({ code: "file_unwritable", path, fault: faultOf(cause) }, { cause });
      }
    },
  };
}

async function replaceFile(path: string, text: string): Promise<void> {
  // A link stays a link: the file that it leads to is the one to replace.
  const target = await realpath(path).catch(() => path);
  const existing = await stat(target).catch(() => null);
  // A device or a pipe can be written to, but not replaced; for a folder this throws, as it should.
  if (existing !== null && !existing.isFile()) return writeFile(target, text);
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  const file = await open(draft, "wx", NEW_FILE_MODE);
  try {
    await fill(file, text, existing?.mode);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function fill(file: FileHandle, text: string, mode: number | undefined): Promise<void> {
  try {
    await file.writeFile(text);
    if (mode !== undefined) await file.chmod(mode & 0o7777);
    await file.sync();
  } finally {
    await file.close();
  }
}
