import { type FileHandle, open, stat } from "node:fs/promises";

/**
 * Opens the file that audit lines are appended to, and makes it where there is none, for its owner alone.
 *
 * @returns appends whole lines, and rejects where it cannot. The file is opened anew each time, so that whoever rotates it need tell
 * nobody; where somebody before had room or time for a part of a line only, that part ends with a line break first
 * @throws Error that names the file and says what is wrong with it
 */
export async function openAuditFile(path: string): Promise<(lines: string) => Promise<void>> {
  await assertWritable(path);
  let cut = true;
  return async (lines) => {
    const file = await open(path, "a+", 0o600);
    try {
      const begin = cut && (await endsWithinLine(file)) ? "\n" : "";
      cut = true;
      await file.appendFile(begin + lines);
      cut = false;
    } finally {
      await file.close();
    }
  };
}

async function assertWritable(path: string): Promise<void> {
  try {
    await (await open(path, "a+", 0o600)).close();
  } catch (error) {
    throw new Error(`--audit-log: ${path} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
  // A pipe that nobody reads would hold up the end of the program.
  if (!(await stat(path)).isFile()) throw new Error(`--audit-log: ${path} is no file; - is standard output`);
}

async function endsWithinLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString("latin1") !== "\n";
}
