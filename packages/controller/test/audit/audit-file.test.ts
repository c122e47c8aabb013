import { mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAuditFile } from "../../src/audit/audit-file.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-audit-"));
  path = join(folder, "audit.log");
});
afterEach(() => rm(folder, { recursive: true }));

test("lines are appended to a file for its owner alone", async () => {
  await (await openAuditFile(path))("one\n");
  await (await openAuditFile(path))("two\n");
  expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("it may be moved away, and is made anew", async () => {
  const append = await openAuditFile(path);
  await append("one\n");
  await rename(path, `${path}.1`);
  await append("two\n");
  expect(await readFile(path, "utf8")).toBe("two\n");
});

test("a line that was cut short stays a line of its own", async () => {
  await writeFile(path, '{"time');
  const append = await openAuditFile(path);
  await append("one\n");
  await append("two\n");
  expect(await readFile(path, "utf8")).toBe('{"time\none\ntwo\n');
});

test("a place where no file can be is an error that names it", async () => {
  await expect(openAuditFile(join(folder, "none", "audit.log"))).rejects.toThrow(/none\/audit\.log cannot be .*ENOENT/);
  await expect(openAuditFile(folder)).rejects.toThrow("EISDIR");
  await expect(openAuditFile("/dev/null")).rejects.toThrow("/dev/null is no file; - is standard output");
});
