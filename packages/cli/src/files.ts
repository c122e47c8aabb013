import { randomBytes } from "node:crypto";
import { type FileHandle, open, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CommandError } from "./failure.ts";
import { faultOf } from "./fault.ts";
import type { Files, Readers } from "./io.ts";

/** Ciphertext and certificates are for everybody. */
const NEW_FILE_MODE: Readonly<Record<Readers, number>> = { everybody: 0o644, owner: 0o600 };

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

    async replace(path, content, readers = "everybody") {
      try {
        await replaceFile(resolve(folder, path), content, readers);
      } catch (cause) {
        throw new CommandError({ code: "file_unwritable", path, fault: faultOf(cause) }, { cause });
      }
    },
  };
}

async function replaceFile(path: string, content: string | Uint8Array, readers: Readers): Promise<void> {
  // A link stays a link: the file that it leads to is the one to replace.
  const target = await realpath(path).catch(() => path);
  const existing = await stat(target).catch(() => null);
  // A device or a pipe can be written to, but not replaced; for a folder this throws, as it should.
  if (existing !== null && !existing.isFile()) return writeFile(target, content);
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  const file = await open(draft, "wx", NEW_FILE_MODE[readers]);
  try {
    await fill(file, content, readers === "owner" ? undefined : existing?.mode);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function fill(file: FileHandle, content: string | Uint8Array, mode: number | undefined): Promise<void> {
  try {
    await file.writeFile(content);
    if (mode !== undefined) await file.chmod(mode & 0o7777);
    await file.sync();
  } finally {
    await file.close();
  }
}
