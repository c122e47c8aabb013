import { describe, expect, test } from "vitest";
import { type AuditEvent, auditLine } from "../../src/audit/audit.ts";
import { AuditLog } from "../../src/audit/audit-log.ts";
import { holds } from "../doubles/holds.ts";
import { recordingLog } from "../doubles/recording-log.ts";

const TIME = new Date("2026-03-01T00:00:00Z");
const UNSEALED: AuditEvent = { audit: "unseal", result: "ok", namespace: "shop", name: "database", items: 2 };

function auditLog(write: (lines: string) => Promise<void>) {
  const log = recordingLog();
  return { log, audit: new AuditLog({ write, log, clock: { now: () => TIME } }) };
}

describe("a line", () => {
  test("is one object of JSON, with what there is to tell", () => {
    expect(auditLine({ ...UNSEALED, keys: ["SHA256:a"] }, TIME)).toBe(
      '{"time":"2026-03-01T00:00:00.000Z","audit":"unseal","result":"ok","namespace":"shop","name":"database",' +
        '"items":2,"keys":["SHA256:a"]}\n',
    );
  });

  test("has no field but those it may have", () => {
    const event = { ...UNSEALED, value: "hunter2" };
    expect(auditLine(event, TIME)).not.toContain("hunter2");
  });

  test("stays one line of bounded length, whatever somebody calls himself", () => {
    const name = `\n\u001b[2J\u202e\ud800"},{${"x".repeat(1_000_000)}`;
    const keys = Array.from({ length: 10_000 }, () => name);
    const line = auditLine({ ...UNSEALED, name, forwardedFor: name, keys }, TIME);
    expect(line).toMatch(/^[^\p{Cc}\p{Cf}]*\n$/u);
    expect(line.length).toBeLessThan(20_000);
    expect(JSON.parse(line)).toMatchObject({ audit: "unseal", name: expect.stringMatching(/^\n/) });
  });
});

test("lines are written in order, those that come meanwhile together", async () => {
  const written: string[] = [];
  const ends: (() => void)[] = [];
  const { audit } = auditLog((lines) => {
    written.push(lines);
    return new Promise((resolve) => ends.push(resolve));
  });
  for (const name of ["a", "b", "c"]) audit.record({ ...UNSEALED, name });
  ends.shift()?.();
  await holds(() => expect(ends).toHaveLength(1));
  ends.shift()?.();
  await audit.written();
  const names = (lines: string) =>
    lines
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as AuditEvent).name);
  expect(written.map(names)).toEqual([["a"], ["b", "c"]]);
});

test("a full disk is told of once, its lines are counted, and the work goes on; so is the end of it", async () => {
  let full = true;
  const written: string[] = [];
  const { audit, log } = auditLog(async (lines) => {
    if (full) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    written.push(lines);
  });
  for (let at = 0; at < 3; at += 1) {
    audit.record(UNSEALED);
    await audit.written();
  }
  full = false;
  audit.record(UNSEALED);
  await audit.written();
  expect(audit.lost).toBe(3);
  expect(written).toHaveLength(1);
  expect(log.lines).toMatchObject([
    { level: "error", message: "ENOSPC" },
    { level: "info", count: 3 },
  ]);
});

test("what waits for a slow disk is bounded", async () => {
  let end = () => {};
  const { audit } = auditLog(
    () =>
      new Promise((resolve) => {
        end = resolve;
      }),
  );
  for (let at = 0; at < 10_101; at += 1) audit.record(UNSEALED);
  expect(audit.lost).toBe(100);
  end();
});
