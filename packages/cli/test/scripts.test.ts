import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, test } from "vitest";
import { createTestKeys, type TestKeys } from "./keys.ts";
import { FORM } from "./script/published.ts";
import { runScript } from "./script/run-script.ts";

const folder = new URL("scripts/", import.meta.url);

let keys: TestKeys;

beforeAll(async () => {
  keys = await createTestKeys();
});

describe.each(readdirSync(folder).filter((name) => name.endsWith(".txt")))("%s", (name) => {
  // Processes of their own use every core, and start one after the other.
  test("does what it says", FORM === "source" ? {} : { concurrent: true, timeout: 120_000 }, () =>
    runScript(readFileSync(new URL(name, folder), "utf8"), keys),
  );
});
