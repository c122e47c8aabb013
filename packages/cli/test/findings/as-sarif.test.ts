import { expect, test } from "vitest";
import { findingsAsSarif } from "../../src/findings/as-sarif.ts";
import { CATALOGUE } from "../../src/findings/catalogue.ts";
import type { Finding } from "../../src/findings/finding.ts";

const FINDING: Finding = {
  code: "not_base64",
  severity: "error",
  source: "a b/c#d%.yaml",
  line: 7,
  document: 1,
  object: { kind: "SealedSecret", namespace: "shop", name: "database" },
  item: "password",
  message: "not valid base64",
  advice: "restore it",
};

function read(findings: readonly Finding[]) {
  const log = JSON.parse(findingsAsSarif(findings, (source) => source)) as {
    version: string;
    runs: {
      tool: { driver: { name: string; rules: { id: string; defaultConfiguration: { level: string } }[] } };
      results: Result[];
    }[];
  };
  const [run] = log.runs;
  if (run === undefined) throw new Error("there is no run");
  return { log, run };
}

interface Result {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
  partialFingerprints: Record<string, string>;
}

test("a result has what SARIF 2.1.0 wants of it, and points to its rule and place", () => {
  const { log, run } = read([FINDING]);
  expect(log.version).toBe("2.1.0");
  const [result] = run.results;
  expect(result).toMatchObject({
    ruleId: "not_base64",
    level: "error",
    message: { text: expect.stringContaining("not valid base64") },
  });
  expect(run.tool.driver.rules[result?.ruleIndex ?? -1]?.id).toBe("not_base64");
  expect(result?.locations[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: "a%20b/c%23d%25.yaml", uriBaseId: "%SRCROOT%" },
    region: { startLine: 7 },
  });
});

test("every code is a rule, with its level", () => {
  const { run } = read([]);
  expect(run.tool.driver.rules.map(({ id, defaultConfiguration }) => [id, defaultConfiguration.level])).toEqual(
    Object.entries(CATALOGUE).map(([id, { severity }]) => [id, severity]),
  );
});

test("a finding keeps its fingerprint when lines move, and two alike have two", () => {
  const fingerprints = read([FINDING, { ...FINDING, line: 9 }, { ...FINDING, item: "user" }]).run.results.map(
    ({ partialFingerprints }) => partialFingerprints["sealwright/v1"],
  );
  expect(new Set(fingerprints).size).toBe(3);
  expect(read([{ ...FINDING, line: 99 }]).run.results[0]?.partialFingerprints["sealwright/v1"]).toBe(fingerprints[0]);
});
