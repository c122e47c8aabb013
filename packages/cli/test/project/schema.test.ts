import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import schema from "../../schema/project-v1.schema.json" with { type: "json" };
import { DEFAULT_OUTPUT, DEFAULT_SEAL_PATTERNS } from "../../src/project/defaults.ts";
import { readProject } from "../../src/project/read-project.ts";

const FINGERPRINT = `SHA256:${"a".repeat(43)}`;

/** A value for every field that there is. */
const FULL = {
  version: 1,
  certificates: {
    cluster: {
      file: "a.pem",
      cluster: { context: "a", "controller-name": "b", "controller-namespace": "c" },
      fingerprint: FINGERPRINT,
      previous: FINGERPRINT,
      retired: [FINGERPRINT],
    },
    url: { url: "https://example.com/cert.pem" },
  },
  rules: [
    { paths: "a", certificate: "url", namespace: "b", scope: "strict", seal: ["c"], output: "{name}.{extension}" },
  ],
  ignore: "d",
};

function read(fields: object) {
  return readProject(Buffer.from(stringify(fields)), ".sealwright.yaml", "/");
}

describe("the schema for editors", () => {
  const { certificate, rule } = schema.definitions;

  test("knows the fields that are read, and no others", () => {
    const [given] = FULL.rules;
    expect(Object.keys(schema.properties)).toEqual(Object.keys(FULL));
    expect(Object.keys(rule.properties)).toEqual(Object.keys(given ?? {}));
    const known = new Set(Object.values(FULL.certificates).flatMap((each) => Object.keys(each)));
    expect(new Set(Object.keys(certificate.properties))).toEqual(known);
    expect(Object.keys(certificate.properties.cluster.properties)).toEqual(
      Object.keys(FULL.certificates.cluster.cluster),
    );
    expect(() => read(FULL)).not.toThrow();
  });

  test("has the defaults that count", () => {
    expect(rule.properties.seal.default).toEqual(DEFAULT_SEAL_PATTERNS);
    expect(rule.properties.output.default).toBe(DEFAULT_OUTPUT);
  });
});

describe("the examples of docs/project-file.md", () => {
  const text = readFileSync(new URL("../../../../docs/project-file.md", import.meta.url), "utf8");
  const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, example = ""]) => example);

  test.each(examples.filter((example) => /^version:/m.test(example)))("%#", (example) => {
    expect(readProject(Buffer.from(example), ".sealwright.yaml", "/").rules.length).toBeGreaterThan(0);
  });
});
