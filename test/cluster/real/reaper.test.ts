import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { until } from "../until.ts";
import { processAlive } from "./process-alive.ts";

/** Has a process guarded, tells its id, and dies without a chance to clean up. */
const VICTIM = `
  import { spawn } from "node:child_process";
  import { Reaper } from ${JSON.stringify(join(import.meta.dirname, "reaper.ts"))};
  const reaper = new Reaper(process.argv[1]);
  const { pid } = spawn("sleep", ["600"], { stdio: "ignore" });
  reaper.guard(pid);
  process.stdout.write(String(pid), () => process.kill(process.pid, "SIGKILL"));
`;

describe.skipIf(process.platform === "win32")("the reaper", () => {
  it("kills what it guards and removes the folder when its process is killed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sealwright-"));
    const victim = spawn(process.execPath, ["--input-type=module", "--eval", VICTIM, folder]);
    const guarded = Number(await text(victim.stdout));
    expect(guarded).toBeGreaterThan(1);
    await until(() => !processAlive(guarded), { what: "the guarded process to end" });
    await until(() => !existsSync(folder), { what: "the folder to go" });
  });
});
