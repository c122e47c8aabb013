import { expect, test } from "vitest";
import { printable } from "../src/index.ts";

test("plain text stays as it is", () => {
  expect(printable("data[tls.crt]")).toBe("data[tls.crt]");
});

test("nothing of it obeys a terminal", () => {
  expect(printable("a\u001b[31mb\r\nc\u009bd\u202ee")).toBe("a?[31mb??c?d?e");
});

test("a long one is cut", () => {
  expect(printable("x".repeat(81))).toBe(`${"x".repeat(80)}...`);
  expect(printable("x".repeat(80))).toBe("x".repeat(80));
});
