import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Part } from "./part.ts";
import { Reaper } from "./reaper.ts";

describe.skipIf(process.platform === "win32")("a part", () => {
  let folder: string;
  let reaper: Reaper;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-"));
    reaper = new Reaper(folder);
  });
  afterEach(() => reaper.close());

  const shell = (script: string, ready = async () => false) =>
    new Part({ name: "shell", program: "/bin/sh", args: ["-c", script], folder, reaper, ready });

  it("that ends while it starts is reported with its exit code and the end of its log", async () => {
    await expect(shell("echo the port is taken >&2; exit 3").start()).rejects.toThrow(
      "shell did not start: it ended with exit code 3\nthe port is taken",
    );
  });

  it("whose program is not there is reported", async () => {
    const part = new Part({ name: "ghost", program: "/nowhere", args: [], folder, reaper, ready: async () => false });
    await expect(part.start()).rejects.toThrow("ghost did not start: spawn /nowhere ENOENT");
  });

  it("can be ended and started again", async () => {
    const started = join(folder, "started");
    const part = shell(`touch ${started}; exec sleep 600`, async () => existsSync(started));
    await part.start();
    const first = part.pid;
    await part.stop();
    expect(part.running).toBe(false);
    await part.start();
    expect(part.running).toBe(true);
    expect(part.pid).not.toBe(first);
  });
});
