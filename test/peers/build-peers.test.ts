import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { buildPeers } from "./build-peers.ts";
import { findBuiltFolder, peerCache } from "./cache.ts";
import { executable, type PeerModule } from "./peer-modules.ts";
import { Progress } from "./progress.ts";

const HELLO = `package main

var version string

func main() { println("hello", version) }
`;

const go = spawnSync("go", ["version"]).error === undefined;

describe.skipIf(!go)(`the build of the peers${go ? "" : " (skipped: Go is not installed)"}`, () => {
  let root: string;
  let module: PeerModule;
  let shown: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "sealwright-"));
    vi.stubEnv("SEALWRIGHT_CACHE", join(root, "cache"));
    // What a machine may have, and what must not matter.
    vi.stubEnv("GOFLAGS", "-mod=vendor -o=elsewhere");
    vi.stubEnv("GOOS", "plan9");
    module = {
      name: "hello",
      folder: join(root, "hello"),
      programs: { hello: "." },
      stamps: { "main.version": "v1.2.3" },
    };
    await mkdir(module.folder);
    await writeFile(join(module.folder, "go.mod"), "module example.com/hello\n\ngo 1.21\n");
    await writeFile(join(module.folder, "main.go"), HELLO);
    shown = "";
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(root, { recursive: true, force: true });
  });

  function build(): Promise<void> {
    const progress = new Progress({ write: (text) => (shown += text) });
    return buildPeers([module], progress, new AbortController().signal);
  }

  it("makes programs of this machine with their versions in them, and says how far it is", async () => {
    await build();
    const built = join(findBuiltFolder(module) ?? "", executable("hello"));
    expect(spawnSync(built, { encoding: "utf8" }).stderr).toBe("hello v1.2.3\n");
    expect(shown).toMatch(/^\[1\/1\] hello \d+ s$/m);
  });

  it("has nothing to do the second time", async () => {
    await build();
    shown = "";
    vi.stubEnv("GOCACHE", "off");
    await build();
    expect(shown).toBe("");
  });

  it("builds again when a source has changed", async () => {
    await build();
    const former = findBuiltFolder(module);
    await writeFile(join(module.folder, "main.go"), HELLO.replace("hello", "goodbye"));
    expect(findBuiltFolder(module)).toBeNull();
    await build();
    expect(findBuiltFolder(module)).not.toBe(former);
  });

  it("shows what the compiler says, and leaves nothing that looks built", async () => {
    await writeFile(join(module.folder, "main.go"), "package main\n\nfunc main() { missing() }\n");
    await expect(build()).rejects.toThrow(/^go build . failed:\n(.*\n)*.*undefined: missing/);
    expect(await readdir(peerCache())).toEqual([]);
  });

  it("asks for a newer Go where go.mod does", async () => {
    vi.stubEnv("GOTOOLCHAIN", "local");
    await writeFile(join(module.folder, "go.mod"), "module example.com/hello\n\ngo 1.999.0\n");
    await expect(build()).rejects.toThrow(/^Go 1\.999\.0 or newer is needed; this machine has Go \d/);
    expect(existsSync(peerCache())).toBe(false);
  });

  it("says that Go is missing where it is", async () => {
    vi.stubEnv("PATH", root);
    await expect(build()).rejects.toThrow("Go is not installed, or not on PATH");
  });
});
