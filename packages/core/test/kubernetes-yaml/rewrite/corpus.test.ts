import { describe, expect, test } from "vitest";
import { readManifests, rewriteManifest } from "../../../src/kubernetes-yaml/index.ts";
import { manifestTexts } from "./manifest-texts.ts";

interface Sealed {
  metadata: Record<string, unknown>;
  spec: { encryptedData: Record<string, string> };
}

/** A SealedSecret of a text: the document it is in, and how to get at it there. */
interface Found {
  readonly index: number;
  readonly document: unknown;
  readonly sealedOf: (document: unknown) => Sealed;
}

const DISGUISES: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "with Windows' line ends, a byte order mark, and no end of the last line": (text) =>
    `\ufeff${text.replace(/\n$/, "").replaceAll("\n", "\r\n")}`,
};

function sealedSecretsOf(text: string): readonly Found[] {
  return readManifests(text).flatMap(({ index, value }) => {
    const { kind, items = [] } = value as { kind: string; items?: unknown[] };
    if (kind === "SealedSecret") return { index, document: value, sealedOf: (document: unknown) => document as Sealed };
    if (kind !== "List") return [];
    return items.map((_, nth) => {
      return {
        index,
        document: value,
        sealedOf: (list: unknown) => (list as { items: Sealed[] }).items[nth] as Sealed,
      };
    });
  });
}

/** The text after a change, and the lines in which it differs. */
function changed(text: string, { index, document, sealedOf }: Found, change: (sealed: Sealed) => void) {
  const value = structuredClone(document);
  change(sealedOf(value));
  const result = rewriteManifest(text, index, value);
  expect(readManifests(result)[index]?.value).toEqual(value);
  return { result, ...differing(text.split("\n"), result.split("\n")) };
}

function differing(before: readonly string[], after: readonly string[]) {
  const start = before.findIndex((line, index) => line !== after[index]);
  let same = 0;
  const limit = Math.min(before.length, after.length) - start;
  while (same < limit && before.at(-same - 1) === after.at(-same - 1)) same += 1;
  return { gone: before.slice(start, before.length - same), come: after.slice(start, after.length - same) };
}

function itemsOf({ document, sealedOf }: Found): readonly string[] {
  return Object.keys(sealedOf(document).spec.encryptedData);
}

const CASES = Object.entries(manifestTexts()).flatMap(([name, written]) =>
  Object.entries(DISGUISES).map(([disguise, disguised]) => {
    return { name, disguise, text: disguised(written) };
  }),
);

describe.each(CASES)("$name $disguise", ({ text }) => {
  const found = sealedSecretsOf(text);

  test("has something to be changed", () => {
    expect(found.flatMap(itemsOf).length).toBeGreaterThan(1);
  });

  test("a value changes its own lines alone", () => {
    for (const each of found) {
      for (const item of itemsOf(each)) {
        const { gone, come } = changed(text, each, setting(item, "AgBNEW"));
        expect(come.join("\n"), item).toContain("AgBNEW");
        expect(come.length, item).toBeLessThanOrEqual(Math.max(gone.length, 1));
        expect(gone.length, item).toBeLessThanOrEqual(2);
      }
    }
  });

  test("a new item is a new line, or in one", () => {
    for (const each of found) {
      const { gone, come } = changed(text, each, setting("new.item", "AgBNEW"));
      expect(come.join("\n")).toMatch(/["']?new\.item["']? ?: ?["']?AgBNEW/);
      expect(gone.length).toBeLessThanOrEqual(1);
    }
  });

  test("an annotation finds its place where there was none", () => {
    for (const each of found) {
      const { come } = changed(text, each, ({ metadata }) => {
        metadata["annotations"] = { ...(metadata["annotations"] as object), hint: '{"a":["b"]}' };
      });
      expect(come.join("\n")).toContain("hint");
    }
  });

  test("an item that goes takes what it says with it, and no other item", () => {
    for (const each of found) {
      for (const item of itemsOf(each)) {
        const { result } = changed(text, each, ({ spec }) => void delete spec.encryptedData[item]);
        const again = sealedSecretsOf(result)[found.indexOf(each)];
        expect(new Set(again && itemsOf(again))).toEqual(new Set(itemsOf(each).filter((name) => name !== item)));
      }
    }
  });

  test("a rename and its reverse leave the text as it was", () => {
    for (const each of found) {
      // A key that a merge brings is written out, and one that was quoted needs no quotes any more.
      for (const item of itemsOf(each).filter((name) => !["user", "host", "fo ur"].includes(name))) {
        const { result } = changed(text, each, renaming(item, "renamed-item"));
        const back = sealedSecretsOf(result)[found.indexOf(each)];
        expect(back && changed(result, back, renaming("renamed-item", item)).result, item).toBe(text);
      }
    }
  });
});

function setting(item: string, value: string) {
  return ({ spec }: Sealed) => {
    spec.encryptedData[item] = value;
  };
}

function renaming(item: string, to: string) {
  return ({ spec }: Sealed) => {
    const entries = Object.entries(spec.encryptedData);
    spec.encryptedData = Object.fromEntries(entries.map(([name, value]) => [name === item ? to : name, value]));
  };
}
