import { describe, expect, test } from "vitest";
import { ApiError, apiErrorOf, isApiError, isRace } from "../../src/kubernetes/api-error.ts";

const REQUEST = "PUT /api/v1/namespaces/shop/secrets/database";

function errorOf(body: unknown, { status = 422, retryAfter }: { status?: number; retryAfter?: string } = {}): ApiError {
  return apiErrorOf(REQUEST, status, typeof body === "string" ? body : JSON.stringify(body), retryAfter);
}

test("a Status becomes its reason and the fields at fault", () => {
  const causes = [{ field: "data[a b]", message: "not hunter2" }, { reason: "x" }, { field: "metadata.labels" }];
  const error = errorOf({ kind: "Status", reason: "Invalid", message: "hunter2", details: { causes } });
  expect(error).toMatchObject({ status: 422, reason: "Invalid", fields: ["data[a b]", "metadata.labels"] });
  expect(error.message).toBe(`${REQUEST}: Invalid (data[a b], metadata.labels)`);
});

test("its message, which can quote a value, is nowhere in the error", () => {
  const error = errorOf({ reason: "Invalid", message: "hunter2", details: { causes: [{ message: "hunter2" }] } });
  expect(JSON.stringify(error) + String(error) + error.stack).not.toContain("hunter2");
});

describe("what no API server wrote", () => {
  test.each(["", "<html>hunter2</html>", "null", "7", '"hunter2"', "[]", '{"reason":7}', '{"details":null}'])(
    "%s is the bare status",
    (body) => {
      expect(errorOf(body, { status: 502 })).toMatchObject({ status: 502, reason: "HTTP 502", fields: [] });
    },
  );

  test.each([{ causes: {} }, { causes: [null, 3, { field: 3 }] }, "text", 3])("with details of %j", (details) => {
    expect(errorOf({ reason: "Invalid", details }).fields).toEqual([]);
  });
});

test("a reason is one word: an admission webhook can write anything there", () => {
  expect(errorOf({ reason: "the value hunter2 is too weak" }).reason).toBe("HTTP 422");
  expect(errorOf({ reason: "x".repeat(65) }).reason).toBe("HTTP 422");
});

test("many or long fields flood no status, and control no terminal", () => {
  const causes = Array.from({ length: 2_000 }, (_, at) => ({ field: `data[\u001b[31m${at}${"x".repeat(500)}]` }));
  const { message, fields } = errorOf({ reason: "Invalid", details: { causes } });
  expect(fields.at(-1)).toBe("and 1995 more");
  expect(message).toMatch(/^[\x20-\x7e]{1,600}$/);
});

test("a field is named once", () => {
  const causes = [{ field: "data" }, { field: "data" }];
  expect(errorOf({ reason: "Invalid", details: { causes } }).fields).toEqual(["data"]);
});

test.each([
  ["5", 5],
  ["0", 0],
  [undefined, null],
  ["", null],
  ["-1", null],
  ["1.5", null],
  ["99999999", null],
  ["Wed, 21 Oct 2026 07:28:00 GMT", null],
])("Retry-After %j", (retryAfter, seconds) => {
  expect(errorOf({}, retryAfter === undefined ? {} : { retryAfter }).retryAfter).toBe(seconds);
});

test("which error it is", () => {
  const conflict = new ApiError(REQUEST, { status: 409, reason: "Conflict" });
  expect(isApiError(conflict, "Conflict")).toBe(true);
  expect(isApiError(conflict, "NotFound")).toBe(false);
  expect(isApiError(new Error("Conflict"), "Conflict")).toBe(false);
  expect([404, 409, 403, 410, 0].map((status) => isRace(new ApiError(REQUEST, { status, reason: "x" })))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
