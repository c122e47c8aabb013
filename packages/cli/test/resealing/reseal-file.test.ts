import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandError } from "../../src/failure.ts";
import { processIo } from "../../src/process-io.ts";
import { resealFile } from "../../src/resealing/reseal-file.ts";
import type { Resealer } from "../../src/resealing/resealer.ts";
import { Progress } from "../../src/terminal/progress.ts";

let folder: string;
let path: string;
const io = processIo(process);
const progress = new Progress("resealed", io);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-reseal-"));
  path = join(folder, "sealed.yaml");
});

afterEach(() => rm(folder, { recursive: true }));

/** Puts NEW in the place of every ciphertext that is OLD. */
const resealer: Resealer = {
  reseal: async ({ sealed }) => {
    const entries = Object.entries(sealed.spec.encryptedData);
    const encryptedData = Object.fromEntries(entries.map(([item, text]) => [item, text === "OLD" ? "NEW" : text]));
    const items = entries.filter(([, text]) => text === "OLD").length;
    return { sealed: { ...sealed, spec: { ...sealed.spec, encryptedData } }, items };
  },
};

const SEALED = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a}\n";
const ONE = `${SEALED}spec:\n  encryptedData:\n    # of the item\n    a: "OLD" # stays\n`;

test.each([
  ["comments and quotes", ONE],
  ["a byte order mark and CRLF", `\ufeff---\r\n${ONE.replaceAll("\n", "\r\n")}`],
  [
    "blank parts, and what is no manifest",
    `# first\n---\n---\n${ONE}---   # none\n\n---\nkind: {{ .Values.kind }}\n---\n`,
  ],
  ["no line end at the end", ONE.trimEnd().replace(" # stays", "")],
  [
    "JSON",
    '{"apiVersion": "bitnami.com/v1alpha1",\n "kind":"SealedSecret", "spec": {"encryptedData": {"a" : "OLD"} } }\n',
  ],
  [
    "a List among others",
    `kind: ConfigMap\n---\napiVersion: v1\nkind: List\nitems:\n- ${ONE.replaceAll("\n", "\n  ")}\n- {kind: ConfigMap, data: {a: OLDER}}\n`,
  ],
])("%s stay as they are", async (_, text) => {
  await writeFile(path, text);
  expect(await resealFile(path, { resealer, isDryRun: false, progress }, io)).toEqual({ objects: 1, items: 1 });
  expect(await readFile(path, "utf8")).toBe(text.replace(/\bOLD\b/, "NEW"));
});

test("a file that somebody else changes meanwhile is theirs", async () => {
  await writeFile(path, ONE);
  const late: Resealer = {
    reseal: async (located) => {
      await writeFile(path, `${ONE}# and more\n`);
      return resealer.reseal(located);
    },
  };
  await expect(resealFile(path, { resealer: late, isDryRun: false, progress }, io)).rejects.toThrow(
    new CommandError({ code: "items", problem: { code: "file_changed", path } }),
  );
  expect(await readFile(path, "utf8")).toBe(`${ONE}# and more\n`);
  expect(await readdir(folder)).toEqual(["sealed.yaml"]);
});

test("a failure in the last document leaves the first one as it was", async () => {
  const text = `${ONE}---\n${SEALED}spec: 1\n`;
  await writeFile(path, text);
  await expect(resealFile(path, { resealer, isDryRun: false, progress }, io)).rejects.toThrow(CommandError);
  expect(await readFile(path, "utf8")).toBe(text);
  expect(await readdir(folder)).toEqual(["sealed.yaml"]);
});
