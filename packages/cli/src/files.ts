// What of `promises` is not used is not loaded either, unlike `node:fs/promises`.
import {
  closeSync,
  createReadStream,
  type Dirent,
  mkdirSync,
  openSync,
  promises,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { beginDraft } from "./draft-file.ts";
import { CommandError } from "./failure.ts";
import { faultOf } from "./fault.ts";
import type { Draft, EntryKind, Files } from "./io.ts";
import { nextTurn } from "./next-turn.ts";

/** Bytes. */
const READ_AT_ONCE = 64 * 1024;

/** The file system as seen from a folder. */
export function filesFrom(folder: string): Files {
  const draft: Files["draft"] = async (path, readers = "everybody") => {
    const begun = await writing(path, () => beginDraft(resolve(folder, path), readers));
    return namingItsPath(begun, path);
  };
  return {
    resolve: (path) => resolve(folder, path),
    real: (path) => realPath(resolve(folder, path)),
    read: (path) => reading(path, () => readWhole(resolve(folder, path))),
    draft,

    async replace(path, content, readers) {
      const begun = await draft(path, readers);
      try {
        await begun.write(content);
        await begun.finish();
        await begun.commit();
      } finally {
        await begun.discard();
      }
    },

    async *chunks(path) {
      try {
        const absolute = resolve(folder, path);
        if (statSync(absolute).isFile()) yield* piecesOf(absolute);
        else yield* createReadStream(absolute);
      } catch (cause) {
        throw new CommandError({ code: "file_unreadable", path, fault: faultOf(cause) }, { cause });
      }
    },

    async kindOf(path) {
      const entry = statOf(resolve(folder, path));
      return entry && kindOf(entry);
    },

    async list(path) {
      const entries = await reading(path, () => promises.readdir(resolve(folder, path), { withFileTypes: true }));
      return entries
        .map((entry) => ({ name: entry.name, kind: entry.isSymbolicLink() ? ("link" as const) : kindOf(entry) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },

    makeFolder: (path) => writing(path, async () => void mkdirSync(resolve(folder, path), { recursive: true })),
    remove: (path) => writing(path, () => promises.rm(resolve(folder, path))),
  };
}

/** A pipe may stay silent, and Ctrl-C must be heard meanwhile; a file never makes anyone wait, and needs no thread. */
async function readWhole(path: string): Promise<Uint8Array> {
  return statSync(path).isFile() ? readFileSync(path) : promises.readFile(path);
}

/** Of a file: as `readWhole`, but for signals, which are heard between two pieces. Each piece has its memory for itself. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const piece = Buffer.allocUnsafeSlow(READ_AT_ONCE);
      const length = readSync(file, piece);
      if (length === 0) return;
      yield piece.subarray(0, length);
      if (length === READ_AT_ONCE) await nextTurn();
    }
  } finally {
    closeSync(file);
  }
}

/** Null where there is nothing to be seen. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/** Where there is nothing, its folder's path counts: a link that leads nowhere is itself what is replaced. */
async function realPath(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  return promises.realpath(path).catch(async () => join(await realPath(parent), basename(path)));
}

function kindOf(entry: Pick<Dirent, "isFile" | "isDirectory">): EntryKind {
  if (entry.isFile()) return "file";
  return entry.isDirectory() ? "folder" : "other";
}

function namingItsPath(draft: Draft, path: string): Draft {
  return {
    write: (content) => writing(path, () => draft.write(content)),
    finish: () => writing(path, () => draft.finish()),
    commit: () => writing(path, () => draft.commit()),
    discard: () => draft.discard(),
  };
}

async function reading<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new CommandError({ code: "file_unreadable", path, fault: faultOf(cause) }, { cause });
  }
}

async function writing<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new CommandError({ code: "file_unwritable", path, fault: faultOf(cause) }, { cause });
  }
}
