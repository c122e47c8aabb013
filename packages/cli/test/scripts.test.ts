import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { ExitCode } from "../src/exit-codes.ts";
import { explainError, renderError } from "../src/render-error.ts";
import { createTestKeys, type TestKeys } from "./keys.ts";
import { allErrors, errorsIn } from "./script/errors-in-scripts.ts";
import { FORM } from "./script/published.ts";
import { runScript } from "./script/run-script.ts";

// It does what it does, and is looked over the shoulder: every error of a program that runs in this process comes by.
vi.mock("../src/render-error.ts", { spy: true });

const folder = new URL("scripts/", import.meta.url);

let keys: TestKeys;
const met = new Set<string>();

beforeAll(async () => {
  keys = await createTestKeys();
});

afterEach(() => {
  const calls = [...vi.mocked(renderError).mock.calls, ...vi.mocked(explainError).mock.calls];
  for (const [error] of calls) for (const name of errorsIn(error)) met.add(name);
});

describe.each(readdirSync(folder).filter((name) => name.endsWith(".txt")))("%s", (name) => {
  // Processes of their own use every core, and start one after the other.
  test("does what it says", FORM === "source" ? {} : { concurrent: true, timeout: 120_000 }, () =>
    runScript(readFileSync(new URL(name, folder), "utf8"), keys),
  );
});

/** Errors that no script can bring about: the test that does, and what it says of them. */
const ELSEWHERE: Readonly<Record<string, readonly [file: string, text: string]>> = {
  "failure output_closed": ["process.test.ts", "ends quietly when nobody reads its output any more"],
  "failure output_failed": ["process.test.ts", "error: stdout cannot be written"],
  "fault ENOSPC": ["process.test.ts", "there is no space left"],
  "items answer_encoding": ["terminal/questions.test.ts", "error: what was typed is not UTF-8"],
  "items answer_lines": ["terminal/questions.test.ts", "error: more than one line was typed or pasted"],
  "items file_changed": ["resealing/reseal-file.test.ts", "file_changed"],
};

/** Errors that no test of the programs can bring about, and why. */
const NOWHERE: Readonly<Record<string, string>> = {
  "core item_missing": "a command looks for the item before, and tells of a similar one",
  "core key_size": "a command reads the flag before, and names it",
  "core no_sealing_key": "no command goes on without a key",
  "core template_engine_absent": "a command that renders has an engine",
  ...Object.fromEntries(
    ["EACCES", "EPERM", "EROFS"].map((code) => [`fault ${code}`, "tests may run as root, who is denied nothing"]),
  ),
  ...Object.fromEntries(
    ["EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"].map((code) => [
      `fault ${code}`,
      "it takes another network than the one of this machine to itself",
    ]),
  ),
  "fault ERR_SSL_WRONG_VERSION_NUMBER": "it is what another runtime than the tests' calls EPROTO",
  "fault unknown": "it stands for what the system has no word for",
};

test.runIf(FORM === "source")("each error that somebody can meet is met in a script", () => {
  const notMet = allErrors().filter((name) => !met.has(name));
  expect(notMet).toEqual([...Object.keys(ELSEWHERE), ...Object.keys(NOWHERE)].toSorted());
  for (const [file, text] of Object.values(ELSEWHERE)) {
    expect(readFileSync(new URL(file, import.meta.url), "utf8")).toContain(text);
  }
});

test("each exit code is expected in a script", () => {
  const scripts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
  const isExpected = (name: string) => scripts.some((script) => script.includes(`\nexit ${name}\n`));
  expect(Object.keys(ExitCode).filter((name) => !isExpected(name))).toEqual([]);
});
