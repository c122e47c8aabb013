import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { complaintAbout } from "../../src/published/node-version.ts";

test.each(["22.19.0", "22.20.1", "24.0.0", "100.1.0"])("Node %s will do", (version) => {
  expect(complaintAbout(version)).toBeNull();
});

test.each(["20.20.2", "22.18.9", "22.2.0", "9.11.2"])("Node %s is too old, and that is said", (version) => {
  expect(complaintAbout(version)).toBe(`error: this is Node ${version}, and 22.19 or newer is needed\n`);
});

test("package.json asks for the same", () => {
  const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(engines.node).toBe(">=22.19");
});
