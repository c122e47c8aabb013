import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filesFrom } from "../src/files.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-files-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("whoever reads a file while it is replaced reads the old one to its end", async () => {
  await writeFile(join(folder, "sealed.yaml"), "old");
  const reader = await open(join(folder, "sealed.yaml"));
  await filesFrom(folder).replace("sealed.yaml", "new");
  expect(await reader.readFile("utf8")).toBe("old");
  await reader.close();
  expect(await readFile(join(folder, "sealed.yaml"), "utf8")).toBe("new");
  expect(await readdir(folder)).toEqual(["sealed.yaml"]);
});
