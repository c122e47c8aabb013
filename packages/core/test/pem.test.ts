import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeBase64, utf8 } from "../src/bytes.ts";
import { readPem, writePem } from "../src/pem.ts";

describe("readPem", () => {
  test("reads what writePem writes, with either line end, among other text", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom("\n", "\r\n"), (der, lineEnd) => {
        const text = `before\n${writePem("RSA PRIVATE KEY", der)}after`.replaceAll("\n", lineEnd);
        const [block, ...more] = readPem(text);
        expect(block && [block.label, encodeBase64(block.der), block.encrypted]).toEqual([
          "RSA PRIVATE KEY",
          encodeBase64(der),
          false,
        ]);
        expect(more).toEqual([]);
      }),
    );
  });

  test("reads several blocks in their order", () => {
    const text = ["A", "B", "A"].map((label) => writePem(label, utf8(label))).join("");
    expect(readPem(text).map(({ label }) => label)).toEqual(["A", "B", "A"]);
  });

  test("passes over what is not well-formed", () => {
    const whole = writePem("WHOLE", utf8("whole"));
    for (const broken of [
      "-----BEGIN A-----\nAAAA\n-----END B-----\n",
      "-----BEGIN A-----\nAAA\n-----END A-----\n",
      "-----BEGIN A-----\nA*AA\n-----END A-----\n",
      "-----BEGIN A-----\nAAAA\n",
      "-----END A-----\n",
    ]) {
      expect(readPem(broken)).toEqual([]);
      expect(readPem(broken + whole).map(({ label }) => label)).toEqual(["WHOLE"]);
    }
  });

  test("tells an encrypted block by its headers or its label, and does not read it", () => {
    const headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n";
    const texts = [
      `-----BEGIN RSA PRIVATE KEY-----\n${headers}AAAA\n-----END RSA PRIVATE KEY-----\n`,
      writePem("ENCRYPTED PRIVATE KEY", utf8("der")),
    ];
    expect(texts.flatMap(readPem).map(({ encrypted, der }) => [encrypted, der.length])).toEqual([
      [true, 0],
      [true, 0],
    ]);
  });

  test("reads a megabyte that never ends a block, or begins thousands, without reading it again and again", () => {
    expect(readPem(`-----BEGIN A-----${" ".repeat(1_000_000)}`)).toEqual([]);
    expect(readPem("-----BEGIN A-----\n".repeat(50_000))).toEqual([]);
    expect(readPem(`-----BEGIN ${"A".repeat(1_000_000)}`)).toEqual([]);
  });
});

test("writePem breaks lines at 64 characters and ends with a line end", () => {
  const lines = writePem("A", new Uint8Array(100)).split("\n");
  expect(lines.map(({ length }) => length)).toEqual([17, 64, 64, 8, 15, 0]);
});
