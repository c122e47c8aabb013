import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Certificate, edit, readCertificate, readHints, readSealedSecret } from "@sealwright/core";
import { readManifests } from "@sealwright/core/kubernetes-yaml";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesFrom } from "../src/files.ts";
import type { Io } from "../src/io.ts";
import { editItems } from "../src/sealed-file/edit-items.ts";
import { readEncoded, writeEncoded } from "../src/sealed-file/encoded-text.ts";
import { openSealedFile, saveSealedFile } from "../src/sealed-file/sealed-file.ts";
import type { TextEncoding } from "../src/text.ts";
import { createTestKeys } from "./keys.ts";

const NO_CHOICE = { name: undefined, document: undefined };

let folder: string;
let io: Io;
let certificate: Certificate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-sealed-file-"));
  io = { files: filesFrom(folder) } as Io;
  certificate = await readCertificate((await createTestKeys()).certificates["cert.pem"] ?? "");
});

afterAll(() => rm(folder, { recursive: true }));

function manifest(annotations: string, items: Readonly<Record<string, string>>): string {
  const lines = Object.entries(items).map(([item, value]) => `    "${item}":   ${value} # ${item}\n`);
  const end = lines.length === 0 ? " {}\n" : `\n${lines.join("")}`;
  return `# ä\nkind: SealedSecret\nmetadata: # m\n  annotations:${annotations}\n  name: a\n  labels:\n  namespace: b\nspec:\n  encryptedData:${end}  other: [1,   2]\napiVersion: bitnami.com/v1alpha1\n`;
}

const item = fc.stringMatching(/^[a-z][a-z0-9._-]{0,5}$/);
const change = fc.oneof(
  fc.record({ edit: fc.constant("set" as const), item, value: fc.uint8Array({ maxLength: 20 }) }),
  fc.record({ edit: fc.constant("rename" as const), item, to: item }),
  fc.record({ edit: fc.constant("remove" as const), item }),
);

test("a file says what core's edit makes of it, and all its other lines are as they were", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(item, fc.constantFrom("AgBx", "'AgBy'", '"AgBz"'), { maxKeys: 4 }),
      fc.array(change, { maxLength: 4 }),
      fc.constantFrom(...(["utf-8", "utf-16le", "utf-16be"] as const)),
      fc.constantFrom("", " {sealwright.dev/hints: '{}'}", "\n    sealwright.dev/hints: '{}' # hints"),
      fc.constantFrom("\n", "\r\n"),
      async (items, edits, encoding, annotations, lineEnd) => {
        const text = `\ufeff${manifest(annotations, items).replaceAll("\n", lineEnd)}`;
        await writeFile(join(folder, "a.yaml"), writeEncoded({ text, encoding }));
        const file = await openSealedFile("a.yaml", NO_CHOICE, io);
        const options = { certificate, namespace: undefined };
        const sealed = await editItems(file, edits, options).catch(() => file.sealed);
        await saveSealedFile(file, sealed, io);

        const written = readEncoded(await readFile(join(folder, "a.yaml")));
        const after = readSealedSecret(readManifests(written?.text ?? "")[0]?.value);
        expect(written?.encoding).toBe(encoding);
        expect(after).toEqual(sealed);
        if (annotations !== "") {
          const hinted = readHints(after.metadata.annotations);
          expect([...hinted.keys()]).toEqual(readableHints(sealed));
        }
        expect(linesOutside(written?.text ?? "")).toEqual(linesOutside(text));
      },
    ),
    { numRuns: 100 },
  );
});

/** What no edit of items may touch. Without any hints there is no annotation, and no map for it. */
function linesOutside(text: string): readonly string[] {
  return text.split("\n").filter((line) => !/^ {4}["a-z]|encryptedData|annotations|hints/.test(line));
}

function readableHints(sealed: Awaited<ReturnType<typeof edit>>): readonly string[] {
  return Object.entries(sealed.spec.encryptedData).flatMap(([name, text]) => (text.length > 8 ? [name] : []));
}

describe("the bytes of a text", () => {
  test("come back in every encoding", () => {
    const encoding = fc.constantFrom<TextEncoding>("utf-8", "utf-16le", "utf-16be");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), encoding, fc.boolean(), (text, given, isMarked) => {
        // Without a mark the encoding shows in the first character, where that is of ASCII.
        const marked = isMarked || given === "utf-8" ? `\ufeff${text}` : `a${text}`;
        const bytes = writeEncoded({ text: marked, encoding: given });
        expect(readEncoded(bytes)).toEqual({ text: marked, encoding: given });
      }),
    );
  });

  test.each([[[0xff]], [[0xe4, 0x20]], [[0xff, 0xfe, 0x41]], [[0xfe, 0xff, 0xd8, 0x00]]])("%j are none", (bytes) => {
    expect(readEncoded(Uint8Array.from(bytes))).toBeNull();
  });
});

test("a file that somebody else has changed meanwhile is left alone", async () => {
  await writeFile(join(folder, "b.yaml"), manifest("", { a: "AgBx", b: "AgBx" }));
  const file = await openSealedFile("b.yaml", NO_CHOICE, io);
  await writeFile(join(folder, "b.yaml"), "theirs");
  const sealed = await edit(file.sealed, [{ edit: "remove", item: "a" }]);
  const failure = { code: "items", problem: { code: "file_changed", path: "b.yaml" } };
  await expect(saveSealedFile(file, sealed, io)).rejects.toMatchObject({ failure });
  expect(await readFile(join(folder, "b.yaml"), "utf8")).toBe("theirs");
});
