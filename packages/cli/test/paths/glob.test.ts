import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseGlob } from "../../src/paths/glob.ts";
import { parsePathPattern } from "../../src/paths/path-pattern.ts";

describe("a glob", () => {
  test.each([
    ["*.yaml", "a.yaml", true],
    ["*.yaml", "a/b.yaml", false],
    ["*.yaml", ".hidden.yaml", true],
    ["**/*.yaml", "a.yaml", true],
    ["**/*.yaml", "a/.b/c.yaml", true],
    ["a/**/d", "a/d", true],
    ["a/**/d", "a/b/c/d", true],
    ["a/**/d", "a/b/c", false],
    ["?.yaml", "é.yaml", true],
    ["?.yaml", "ab.yaml", false],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["[!a-c]x", "dx", true],
    ["*.{yaml,yml}", "a.yml", true],
    ["{a,b/{c,d}}.txt", "b/d.txt", true],
    ["\\*.yaml", "*.yaml", true],
    ["\\*.yaml", "a.yaml", false],
    ["A", "a", false],
  ])("%s on %s: %s", (pattern, path, expected) => {
    expect(parseGlob(pattern)?.matches(path)).toBe(expected);
  });

  test.each(["[a", "{a", "{a,{b}", "{a,b}".repeat(11)])("%s is none", (pattern) => {
    expect(parseGlob(pattern)).toBeNull();
  });

  test("says what Node's own says, on names that do not start with a dot", () => {
    const segment = fc.stringMatching(/^[ab][ab*?]{0,3}$|^\*{1,2}$/);
    const pattern = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
    const path = fc.array(fc.stringMatching(/^[ab]{1,4}$/), { minLength: 1, maxLength: 5 }).map((all) => all.join("/"));
    fc.assert(
      fc.property(pattern, path, (glob, name) => {
        // A `**` at the end is any number of segments here, and at least one there.
        fc.pre(!glob.endsWith("**") && !/\*\*[^/]|[^/]\*\*/.test(glob));
        expect(parseGlob(glob)?.matches(name)).toBe(posix.matchesGlob(name, glob));
      }),
    );
  });

  test("cannot be made to take long", () => {
    const glob = parseGlob(`${"*a".repeat(100)}b`);
    expect(glob?.matches("a".repeat(10_000))).toBe(false);
    expect(parseGlob(`${"**/a/".repeat(100)}b`)?.matches("a/".repeat(2_000))).toBe(false);
  });
});

describe("a pattern of .sealwright.yaml", () => {
  test.each([
    ["*.secret.yaml", "a/b/x.secret.yaml", true],
    ["production", "a/production/x.yaml", true],
    ["production", "a/production", true],
    ["production/", "a/production", false],
    ["production/", "production/x.yaml", true],
    ["/production", "a/production/x", false],
    ["./a/b", "a/b/c", true],
    ["a/b", "x/a/b", false],
    ["a/*/c", "a/b/c/d.yaml", true],
    ["**", "a", true],
    [".", "anything/at/all", true],
  ])("%s on %s: %s", (pattern, path, expected) => {
    expect(parsePathPattern(pattern)?.matches(path)).toBe(expected);
  });

  test.each(["", "!a", "../a", "a/../b", "[a"])("%s is none", (pattern) => {
    expect(parsePathPattern(pattern)).toBeNull();
  });
});
