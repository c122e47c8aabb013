import { type Problem, type ProblemCode, SealwrightError } from "@sealwright/core";
import { describe, expect, test } from "vitest";
import { ApiError } from "../src/kubernetes/api-error.ts";
import { describeError, type Failure, failureOf, failureOfRefusal, mayHeal, type Reason } from "../src/outcome.ts";
import type { Refusal } from "../src/plan.ts";

const DAY = new Date("2026-01-01T00:00:00Z");

/** One of each code: a new code does not compile until it stands here. */
const PROBLEMS: { readonly [C in ProblemCode]: readonly [Extract<Problem, { code: C }>, Reason] } = {
  wrong_kind: [{ code: "wrong_kind", expected: "SealedSecret", found: null }, "InvalidSealedSecret"],
  invalid_field: [{ code: "invalid_field", field: "spec", expected: "an object" }, "InvalidSealedSecret"],
  invalid_base64: [{ code: "invalid_base64", field: "data.a" }, "InvalidSealedSecret"],
  missing_name: [{ code: "missing_name" }, "InvalidSealedSecret"],
  missing_namespace: [{ code: "missing_namespace", scope: "strict" }, "InvalidSealedSecret"],
  empty_data: [{ code: "empty_data" }, "InvalidSealedSecret"],
  unknown_scope: [{ code: "unknown_scope", found: "wide" }, "InvalidSealedSecret"],
  certificate_unreadable: [{ code: "certificate_unreadable" }, "InvalidSealedSecret"],
  certificate_not_rsa: [{ code: "certificate_not_rsa", found: "ec" }, "InvalidSealedSecret"],
  certificate_weak: [{ code: "certificate_weak", bits: 1024 }, "InvalidSealedSecret"],
  certificate_expired: [{ code: "certificate_expired", notAfter: DAY }, "InvalidSealedSecret"],
  certificate_not_yet_valid: [{ code: "certificate_not_yet_valid", notBefore: DAY }, "InvalidSealedSecret"],
  private_key_unreadable: [{ code: "private_key_unreadable" }, "InvalidSealedSecret"],
  private_key_not_rsa: [{ code: "private_key_not_rsa", found: "ec" }, "InvalidSealedSecret"],
  private_key_mismatch: [{ code: "private_key_mismatch" }, "InvalidSealedSecret"],
  key_size: [{ code: "key_size", bits: 1 }, "InvalidSealedSecret"],
  no_sealing_key: [{ code: "no_sealing_key" }, "NoSealingKey"],
  undecryptable: [{ code: "undecryptable", items: new Map([["password", "no_key_opens"]]) }, "Undecryptable"],
  deprecated_data: [{ code: "deprecated_data" }, "Unsupported"],
  template_engine_absent: [{ code: "template_engine_absent", item: "a" }, "Unsupported"],
  too_large: [{ code: "too_large", what: "items", limit: 1 }, "InvalidSealedSecret"],
  invalid_item_name: [{ code: "invalid_item_name", item: "a b" }, "InvalidSealedSecret"],
  incomplete_type: [{ code: "incomplete_type", type: "t", missing: [] }, "InvalidSealedSecret"],
  item_not_json: [{ code: "item_not_json", type: "t", item: "a" }, "InvalidSealedSecret"],
  item_exists: [{ code: "item_exists", item: "a" }, "InvalidSealedSecret"],
  item_missing: [{ code: "item_missing", item: "a" }, "InvalidSealedSecret"],
  private_key_missing: [{ code: "private_key_missing" }, "InvalidSealedSecret"],
  conflicting_data: [{ code: "conflicting_data" }, "InvalidSealedSecret"],
  deprecated_data_unreadable: [{ code: "deprecated_data_unreadable" }, "InvalidSealedSecret"],
  template_parse: [{ code: "template_parse", item: "a", line: 1, text: "unclosed action" }, "InvalidTemplate"],
  template_failed: [{ code: "template_failed", item: "a", line: 1, column: 2 }, "InvalidTemplate"],
  template_limit: [{ code: "template_limit", item: "a", limit: "time" }, "TemplateLimit"],
};

describe("every problem of core has a reason and words", () => {
  test.each(Object.values(PROBLEMS))("$code", (problem, reason) => {
    const failure = failureOf(new SealwrightError(problem));
    expect(failure).toMatchObject({ kind: "failed", stage: "unseal", reason });
    expect(failure.message).not.toBe("");
    expect(mayHeal(failure)).toBe(false);
  });
});

test("a template that waits for its namespace's share of time comes back by itself", () => {
  const failure = failureOf(new SealwrightError({ code: "template_limit", item: "a", limit: "namespace" }));
  expect(failure.reason).toBe("TemplateThrottled");
  expect(mayHeal(failure)).toBe(true);
});

describe("every answer of the API server has a reason", () => {
  test.each<[number, string, Reason, boolean]>([
    [0, "ECONNREFUSED", "ApiUnavailable", true],
    [400, "BadRequest", "SecretRefused", false],
    [401, "Unauthorized", "ApiUnavailable", true],
    [403, "Forbidden", "Forbidden", true],
    [408, "Timeout", "ApiUnavailable", true],
    [413, "RequestEntityTooLarge", "SecretRefused", false],
    [422, "Invalid", "SecretRefused", false],
    [429, "TooManyRequests", "ApiUnavailable", true],
    [500, "InternalError", "ApiUnavailable", true],
    [503, "ServiceUnavailable", "ApiUnavailable", true],
  ])("%i %s", (status, word, reason, heals) => {
    const failure = failureOf(new ApiError("PUT /x", { status, reason: word }));
    expect(failure).toMatchObject({ kind: "failed", stage: "update", reason });
    expect(failure.message).toContain(word);
    expect(mayHeal(failure)).toBe(heals);
  });

  test("with the fields at fault", () => {
    const error = new ApiError("POST /x", { status: 422, reason: "Invalid", fields: ["data[a b]"] });
    expect(failureOf(error).message).toBe("the API server did not take the Secret: Invalid, data[a b]");
  });
});

describe("every refusal has a reason and words", () => {
  const words = (refusal: Refusal): Failure => failureOfRefusal(refusal);

  test.each<[Refusal, Reason, string]>([
    [{ kind: "not_managed", owner: null }, "NotManaged", "nothing owns it"],
    [{ kind: "not_managed", owner: "Deployment web" }, "NotManaged", "belongs to Deployment web"],
    [{ kind: "immutable", recreatable: false }, "Immutable", "immutable"],
    [{ kind: "immutable", recreatable: true }, "Immutable", 'sealwright.dev/recreate: "true"'],
    [
      { kind: "type_change", from: "Opaque", to: "kubernetes.io/tls", recreatable: false },
      "TypeChange",
      "from Opaque to kubernetes.io/tls",
    ],
    [
      { kind: "policy", violation: { what: "type", found: "Opaque", rule: "--allow-types" } },
      "RefusedByPolicy",
      "--allow-types, which does not let the type Opaque pass",
    ],
    [{ kind: "key_label" }, "ForbiddenLabel", "label of a sealing key"],
    [{ kind: "key_name" }, "ForbiddenName", "counts as a sealing key"],
  ])("%o", (refusal, reason, text) => {
    expect(words(refusal)).toMatchObject({ kind: "failed", stage: "update", reason });
    expect(words(refusal).message).toContain(text);
    expect(mayHeal(words(refusal))).toBe(false);
  });

  test.each<[Refusal, Reason, string]>([
    [{ kind: "terminating" }, "SecretTerminating", "finalizers"],
    [{ kind: "may_not_delete" }, "Forbidden", '"delete"'],
  ])("%o, which may heal", (refusal, reason, text) => {
    expect(words(refusal)).toMatchObject({ kind: "failed", stage: "update", reason });
    expect(words(refusal).message).toContain(text);
    expect(mayHeal(words(refusal))).toBe(true);
  });

  test("and a hostile type or owner floods no status", () => {
    const text = `${"x".repeat(2_000_000)}\n\u001b[31m`;
    for (const refusal of [
      { kind: "type_change", from: text, to: text, recreatable: true },
      { kind: "policy", violation: { what: "label", found: text, rule: "--allow-labels" } },
      { kind: "not_managed", owner: text },
    ] as const) {
      expect(words(refusal).message).toMatch(/^[\x20-\x7e]{1,400}$/);
    }
  });
});

describe("an error that nobody expected", () => {
  test("is named, but not quoted", () => {
    const failure = failureOf(new TypeError("cannot read hunter2"));
    expect(failure).toMatchObject({ reason: "InternalError", stage: "update" });
    expect(failure.message).toContain("TypeError");
    expect(failure.message).not.toContain("hunter2");
    expect(mayHeal(failure)).toBe(true);
  });

  test("may be no Error at all", () => {
    expect(describeError("hunter2")).not.toContain("hunter2");
    expect(describeError(null)).not.toBe("");
  });
});
