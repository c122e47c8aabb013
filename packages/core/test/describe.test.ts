import { describe, expect, test } from "vitest";
import { describeProblem, type ItemFailure, type Problem, type ProblemCode, SealwrightError } from "../src/index.ts";

/** An example of each: a code that is added without one does not compile. */
const EXAMPLES: { readonly [Code in ProblemCode]: Extract<Problem, { code: Code }> } = {
  wrong_kind: { code: "wrong_kind", expected: "Secret", found: "v1 ConfigMap" },
  invalid_field: { code: "invalid_field", field: "metadata.name", expected: "a string" },
  invalid_base64: { code: "invalid_base64", field: "data.password" },
  missing_name: { code: "missing_name" },
  missing_namespace: { code: "missing_namespace", scope: "namespace-wide" },
  empty_data: { code: "empty_data" },
  too_large: { code: "too_large", what: "value bytes", limit: 1_048_576 },
  invalid_item_name: { code: "invalid_item_name", item: "a/b" },
  incomplete_type: {
    code: "incomplete_type",
    type: "kubernetes.io/tls",
    missing: [
      { part: "item", anyOf: ["tls.crt"] },
      { part: "item", anyOf: ["username", "password"] },
      { part: "annotation", annotation: "kubernetes.io/service-account.name" },
    ],
  },
  item_not_json: { code: "item_not_json", type: "kubernetes.io/dockercfg", item: ".dockercfg" },
  item_exists: { code: "item_exists", item: "password" },
  item_missing: { code: "item_missing", item: "password" },
  unknown_scope: { code: "unknown_scope", found: "galaxy-wide" },
  certificate_unreadable: { code: "certificate_unreadable" },
  certificate_not_rsa: { code: "certificate_not_rsa", found: "ec" },
  certificate_weak: { code: "certificate_weak", bits: 1024 },
  certificate_expired: { code: "certificate_expired", notAfter: new Date("2036-01-02T03:04:05Z") },
  certificate_not_yet_valid: { code: "certificate_not_yet_valid", notBefore: new Date("2036-01-02T03:04:05Z") },
  private_key_unreadable: { code: "private_key_unreadable" },
  private_key_not_rsa: { code: "private_key_not_rsa", found: "ed25519" },
  private_key_missing: { code: "private_key_missing" },
  private_key_mismatch: { code: "private_key_mismatch" },
  key_size: { code: "key_size", bits: 2047 },
  no_sealing_key: { code: "no_sealing_key" },
  undecryptable: { code: "undecryptable", items: new Map([["password", "no_key_opens"]]) },
  conflicting_data: { code: "conflicting_data" },
  deprecated_data_unreadable: { code: "deprecated_data_unreadable" },
  deprecated_data: { code: "deprecated_data" },
  template_engine_absent: { code: "template_engine_absent", item: "config.yaml" },
  template_parse: { code: "template_parse", item: "config.yaml", line: 2, text: "unclosed action" },
  template_failed: { code: "template_failed", item: "config.yaml", line: 2, column: 9 },
  template_limit: { code: "template_limit", item: "config.yaml", limit: "memory" },
};

const FAILURES: Readonly<Record<ItemFailure, RegExp>> = {
  not_base64: /base64/,
  too_short: /short/,
  no_key_of_that_length: /length/,
  no_key_opens: /another key, name, namespace or scope/,
  not_tried: /not tried/,
};

const HOSTILE = "\u001b[31mred\u0007\u0000\r\nnext\u202eline\u009b🦭";

describe("describeProblem", () => {
  const sentences = Object.values(EXAMPLES).map((problem) => [problem.code, describeProblem(problem)] as const);

  test.each(sentences)("says in one line what is wrong: %s", (_, sentence) => {
    expect(sentence).toMatch(/^[\x20-\x7e]{10,300}$/);
    expect(sentence).not.toMatch(/undefined|null|NaN|\[object|Invalid Date/);
  });

  test("says something else of each code", () => {
    expect(new Set(sentences.map(([, sentence]) => sentence)).size).toBe(sentences.length);
  });

  test.each([
    ["wrong_kind", "v1 ConfigMap"],
    ["invalid_field", "metadata.name must be a string"],
    ["invalid_base64", "data.password"],
    ["missing_namespace", "namespace-wide"],
    ["unknown_scope", '"galaxy-wide"'],
    ["too_large", "1048576 value bytes"],
    ["invalid_item_name", '"a/b"'],
    [
      "incomplete_type",
      "kubernetes.io/tls needs the item tls.crt and the item username or password and the annotation kub",
    ],
    ["item_not_json", ".dockercfg must be a JSON object"],
    ["item_exists", "password"],
    ["item_missing", "password"],
    ["certificate_not_rsa", "ec"],
    ["certificate_weak", "1024"],
    ["certificate_expired", "2036-01-02T03:04:05Z"],
    ["certificate_not_yet_valid", "2036-01-02T03:04:05Z"],
    ["private_key_not_rsa", "ed25519"],
    ["key_size", "2047"],
    ["undecryptable", "password"],
    ["template_engine_absent", "config.yaml"],
    ["template_parse", "config.yaml is no valid template: line 2: unclosed action"],
    ["template_failed", "config.yaml failed: line 2, column 9"],
    ["template_limit", "config.yaml takes too much memory"],
  ] as const)("names what it is about: %s, %s", (code, detail) => {
    expect(describeProblem(EXAMPLES[code])).toContain(detail);
  });

  test("says of a document without a kind that it has none", () => {
    const sentence = describeProblem({ code: "wrong_kind", expected: "SealedSecret", found: null });
    expect(sentence).toBe("expected a SealedSecret, found no apiVersion and kind");
  });

  test.each(Object.entries(FAILURES))("has words for an item's failure: %s", (failure, words) => {
    expect(describeProblem(undecryptable([["a", failure as ItemFailure]]))).toMatch(words);
  });

  test("names the items that failed alike together, five at most, and counts the others", () => {
    const items = Array.from({ length: 7 }, (_, index) => [`item-${index}`, "too_short"] as const);
    expect(describeProblem(undecryptable([...items, ["odd", "not_base64"]]))).toBe(
      "item-0, item-1, item-2, item-3, item-4 and 2 more: cut short; odd: not valid base64",
    );
    expect(describeProblem(undecryptable(items.slice(0, 5)))).not.toContain("more");
  });

  const withText = (text: string): readonly Problem[] => [
    { code: "wrong_kind", expected: "Secret", found: text },
    { code: "invalid_field", field: text, expected: "a string" },
    { code: "invalid_base64", field: text },
    { code: "unknown_scope", found: text },
    { code: "invalid_item_name", item: text },
    { code: "incomplete_type", type: text, missing: [{ part: "item", anyOf: ["tls.key"] }] },
    { code: "item_not_json", type: text, item: ".dockercfg" },
    { code: "item_exists", item: text },
    { code: "item_missing", item: text },
    { code: "certificate_not_rsa", found: text },
    { code: "private_key_not_rsa", found: text },
    undecryptable([[text, "too_short"]]),
    { code: "template_engine_absent", item: text },
    { code: "template_parse", item: text, line: null, text: "unclosed action" },
    { code: "template_failed", item: text, line: null, column: null },
    { code: "template_limit", item: text, limit: "time" },
  ];

  test.each(withText(HOSTILE))("lets no control character of a name through: $code", (problem) => {
    expect(describeProblem(problem)).toMatch(/^[\x20-\x7e]*$/);
    expect(describeProblem(problem)).toContain("red");
  });

  test.each(withText("n".repeat(100_000)))("cuts a long name: $code", (problem) => {
    expect(describeProblem(problem).length).toBeLessThan(250);
    expect(describeProblem(problem)).toMatch(/(?<!n)n{80}\.\.\./);
  });
});

test("an error carries its problem as data and the sentence as its message", () => {
  const error = new SealwrightError(EXAMPLES.certificate_weak);
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe("SealwrightError");
  expect(error.problem).toBe(EXAMPLES.certificate_weak);
  expect(error.message).toBe(describeProblem(EXAMPLES.certificate_weak));
});

function undecryptable(items: Iterable<readonly [string, ItemFailure]>): Problem {
  return { code: "undecryptable", items: new Map(items) };
}
