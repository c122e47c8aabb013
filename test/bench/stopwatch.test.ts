import { expect, it } from "vitest";
import { measure, startMeasured } from "../../bench/measure/stopwatch.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";

const node = (program: string) => ({ program: process.execPath, args: ["-e", program] });

describeWithPeers("the stopwatch", ["stopwatch"], () => {
  it("counts the processor time of every thread, and the memory at the worst moment", async () => {
    const busy = "for (const end = process.cpuUsage().user + 3e5; process.cpuUsage().user < end; );";
    const inThread = `new (require("node:worker_threads").Worker)(${JSON.stringify(busy)}, { eval: true });`;
    const [idle, worked] = [await measure(node("")), await measure(node(`${inThread} Buffer.alloc(1e8, 1);`))];
    expect(worked.cpu - idle.cpu).toBeGreaterThan(0.25);
    expect(worked.peak - idle.peak).toBeGreaterThan(9e7);
    // Its parent's memory is not counted as its own.
    expect(idle.peak).toBeLessThan(1e8);
    expect(worked.wall).toBeGreaterThan(0.25);
  });

  it("passes on what the program tells of itself", async () => {
    expect((await measure(node(`console.log('{"late":3}')`))).told).toEqual({ late: 3 });
  });

  it("rejects where the program fails, with what it said", async () => {
    const failing = measure(node("console.error('no such key'); process.exitCode = 3"));
    await expect(failing).rejects.toThrow(/ended with 3: no such key/);
  });

  it("hands signals on, and measures a program that runs until it is stopped", async () => {
    const serving = "process.on('SIGTERM', () => process.exit(0)); console.log('{}'); setInterval(() => {}, 1000)";
    const { process: running, ended } = startMeasured(node(serving));
    running.stdout?.once("data", () => running.kill("SIGTERM"));
    expect((await ended).cpu).toBeGreaterThan(0);
  });
});
