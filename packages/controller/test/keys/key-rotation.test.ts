import { expect, test } from "vitest";
import { rotateKeys } from "../../src/keys/key-rotation.ts";
import { recordingLog } from "../doubles/recording-log.ts";

/** Rotates until so many looks are done; the pauses take no time. */
async function looks(times: number, renewIfDue: () => Promise<void>) {
  const log = recordingLog();
  const stop = new AbortController();
  const pauses: number[] = [];
  const pause = async (milliseconds: number) => {
    pauses.push(milliseconds);
    if (pauses.length === times) stop.abort();
  };
  await rotateKeys({ keys: { renewIfDue }, log, pause }, stop.signal);
  return { log, pauses };
}

test("looks at once and then every minute: no timer is as long as a month", async () => {
  let calls = 0;
  const { pauses } = await looks(3, async () => {
    calls += 1;
  });
  expect(calls).toBe(3);
  expect(pauses).toEqual([60_000, 60_000, 60_000]);
});

test("goes on after a failure, and tells of it", async () => {
  const { log, pauses } = await looks(2, async () => {
    throw new TypeError("hunter2");
  });
  expect(pauses).toHaveLength(2);
  expect(log.lines).toMatchObject([{ level: "error" }, { level: "error" }]);
  expect(JSON.stringify(log.lines)).not.toContain("hunter2");
});
