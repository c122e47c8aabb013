import { describe, expect, it } from "vitest";
import { ManifestSyntaxError, type ManifestSyntaxErrorCode, readManifests } from "../../src/kubernetes-yaml/index.ts";

const SECRET = "hunter2";

function errorOf(text: string): ManifestSyntaxError {
  try {
    readManifests(text);
  } catch (error) {
    if (error instanceof ManifestSyntaxError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("a text that is no manifest", () => {
  it.each<[ManifestSyntaxErrorCode, number, number, string]>([
    ["bad_separator", 2, 1, "a: 1\n---hunter2\n"],
    ["bad_separator", 2, 1, "a: 1\n-----BEGIN hunter2-----\n"],
    ["bad_separator", 1, 1, "---#hunter2\n"],
    ["unsupported_directive", 1, 1, "%YAML 1.2\n---\na: 1\n"],
    ["unsupported_directive", 1, 1, "%TAG ! tag:hunter2,2000:\n---\na: 1\n"],
    ["unsupported_directive", 1, 1, "%YAML 1.1\na: hunter2\n"],
    ["after_document_end", 3, 1, "a: 1\n...\nb: hunter2\n"],
    ["control_character", 2, 5, "a: 1\nb: h\u0007unter2\n"],
    ["control_character", 2, 4, "a: 1\nb: \ufeffhunter2\n"],
    ["hidden_line_break", 1, 5, "a: h\u2028unter2\n"],
    ["hidden_line_break", 1, 5, "a: h\u0085unter2\n"],
    ["hidden_line_break", 1, 5, "a: h\runter2\n"],
    ["lone_surrogate", 1, 5, "a: h\ud800unter2\n"],
    ["lone_surrogate", 1, 7, '{"a": "\\ud800hunter2"}'],
    ["tab_indentation", 2, 1, "a:\n\tb: hunter2\n"],
    ["bad_indentation", 3, 1, "a:\n  b: 1\n c: hunter2\n"],
    ["bad_indentation", 3, 1, "a: |2\n    hunter2\n   \n"],
    ["bad_indentation", 2, 1, "a: |2\n   \nhunter2: b\n"],
    ["bad_indentation", 1, 1, "|\nhunter2\n"],
    ["bad_escape", 1, 5, 'a: "\\qhunter2"\n'],
    ["bad_escape", 1, 5, 'a: "\\/hunter2"\n'],
    ["bad_escape", 1, 5, 'a: "\\ud83d\\ude00hunter2"\n'],
    ["bad_escape", 1, 11, 'a: "hunter\\\n\n 2"\n'],
    ["reserved_character", 1, 4, "a: @hunter2\n"],
    ["reserved_character", 1, 4, "a: %hunter2\n"],
    ["reserved_character", 1, 5, "a: {hunter2?: b}\n"],
    ["reserved_character", 1, 6, "a: {b:}\n"],
    ["missing_character", 2, 1, "a: 'hunter2\n"],
    ["bad_indentation", 2, 1, "a: [hunter2\n"],
    ["unexpected_token", 1, 13, "a: 'hunter' hunter2\n"],
    ["bad_implicit_key", 1, 4, "a: b: hunter2\n"],
    ["bad_implicit_key", 1, 1, `${"hunter2".repeat(200)}: a\n`],
    ["bad_implicit_key", 1, 2, `{${"hunter2".repeat(200)}: a}\n`],
    ["bad_implicit_key", 1, 2, "{hunter2\n  : a}\n"],
    ["bad_key_type", 1, 1, "~: hunter2\n"],
    ["bad_key_type", 1, 2, "{[hunter2]: a}\n"],
    ["bad_key_type", 1, 1, "18446744073709551615: a\n"],
    ["duplicate_key", 3, 3, "a:\n  hunter2: 1\n  hunter2: 2\n"],
    ["duplicate_key", 1, 20, "{a: 1, <<: {a: 2}, a: hunter2}\n"],
    ["duplicate_key", 2, 1, "yes: 1\ntrue: 2\n"],
    ["duplicate_key", 2, 2, '{"hunter2": 1,\n "hunter2": 2}'],
    ["bad_alias", 1, 4, "a: *hunter2\n"],
    ["bad_alias", 1, 8, "a: &x [*x]\n"],
    ["bad_alias", 1, 4, "a: &hunter.2 b\n"],
    ["bad_tag", 1, 10, "a: !!int hunter2\n"],
    ["bad_tag", 1, 12, "a: !!float 18446744073709551615\n"],
    ["bad_tag", 1, 16, "a: !!timestamp 2020-02-30\n"],
    ["bad_tag", 1, 5, "a: [!x, hunter2]\n"],
    ["bad_binary", 1, 13, "a: !!binary hunter2\n"],
    ["bad_binary", 1, 13, "a: !!binary //79\n"],
    ["bad_merge", 1, 1, "<<: hunter2\n"],
    ["bad_merge", 2, 1, "a: &x [1]\n<<: *x\n"],
    ["not_finite", 2, 1, "\na: .inf\n"],
  ])("is %s, line %i, column %i: %j", (code, line, column, text) => {
    const error = errorOf(text);
    expect({ code: error.code, line: error.line, column: error.column }).toEqual({ code, line, column });
    expect(JSON.stringify([error.message, error.stack, error])).not.toContain(SECRET);
  });

  it.each([
    ["YAML", 101, `${"[".repeat(101)}${"]".repeat(101)}`],
    ["JSON", 501, `${'{"a":'.repeat(101)}0${"}".repeat(101)}`],
  ])("is too_deep where the 101st level of %s begins", (_, column, text) => {
    expect(errorOf(text)).toMatchObject({ code: "too_deep", line: 1, column });
  });

  it("says which document and line it is, counting what is not empty", () => {
    const error = errorOf("# comment\n---\na: 1\n---\n\nb: [1\n");
    expect(error.document).toBe(1);
    expect(error.message).toMatch(/^document 2, line 7: /);
  });

  it("finds the place after JSON on the same line", () => {
    const error = errorOf('{"a":1}\n  {"b":2} hunter2');
    expect(error).toMatchObject({ code: "after_document_end", document: 2, line: 2, column: 11 });
  });

  it.each<[string, ManifestSyntaxErrorCode, string]>([
    ["lists between brackets", "too_deep", "[".repeat(100_000)],
    ["lists of lists", "too_deep", "- ".repeat(20_000)],
    ["mappings", "too_deep", numbered(200, (index) => `${" ".repeat(index)}a:`, "\n")],
    ["JSON objects", "too_deep", '{"a":'.repeat(100_000)],
    [
      "aliases of aliases",
      "too_deep",
      numbered(200, (index) => `a${index + 1}: &a${index + 1} [*a${index}]`, "\n", "a0: &a0 x\n"),
    ],
    [
      "ten aliases of ten aliases",
      "too_many_aliases",
      numbered(9, (index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(10)}]`, "\n", "a0: &a0 x\n"),
    ],
    ["aliases of a long text", "too_many_aliases", `a: &a ${"x".repeat(100_000)}\nb: [${"*a,".repeat(5_000)}]\n`],
    [
      "merges of a large mapping",
      "too_many_aliases",
      `- &a {${numbered(2_000, (index) => `k${index}: 1`, ",")}}\n${"- {<<: *a}\n".repeat(2_000)}`,
    ],
  ])("may not hold too many %s", (_, code, text) => {
    expect(errorOf(text).code).toBe(code);
  });
});

function numbered(count: number, each: (index: number) => string, separator: string, start = ""): string {
  return start + Array.from({ length: count }, (_, index) => each(index)).join(separator);
}
