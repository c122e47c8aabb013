import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSealingKey, KeyRing, readSealedSecret, readSealingKey, unseal } from "@sealwright/core";
import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import cli from "../../packages/cli/package.json" with { type: "json" };
import { signAdHoc } from "../../tools/build/sign-mach-o.ts";
import { sourceOf } from "../programs/program.ts";
import { findEmulators } from "./emulators.ts";
import { readMachO } from "./mach-o.ts";

const SECRET = "{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: b}, stringData: {c: hunter2}}\n";
/** An emulator takes its time, and Wine half a minute to make itself at home. */
const SLOW = { timeout: 180_000 };

const executableOf = (target: string) =>
  sourceOf(`dist/executables/sealwright-${target}${target.startsWith("win32") ? ".exe" : ""}`);

/** Those that can be run, or looked at, and were built. Of the others a line tells why not. */
const found = findEmulators();
const emulators = found.filter(({ target }) => isBuilt(target));
for (const target of ["linux-arm64", "win32-x64"]) {
  if (found.some((emulator) => emulator.target === target)) continue;
  process.stdout.write(
    `${target} is not run: QEMU's programs and Wine are looked for, see test/executable/emulators.ts\n`,
  );
}
const macs = (["x64", "arm64"] as const).filter((architecture) => isBuilt(`darwin-${architecture}`));

function isBuilt(target: string): boolean {
  const isThere = existsSync(executableOf(target));
  if (!isThere) process.stdout.write(`${target} is not looked at: npm run build -- --executables=${target} makes it\n`);
  return isThere;
}

describe.each(emulators)("the executable for $target", ({ target, command: [emulator = "", ...before] }) => {
  let folder: string;
  let ring: KeyRing;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-emulated-"));
    const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
    const pem = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
    ring = new KeyRing([await readSealingKey(pem)]);
    await writeFile(join(folder, "cert.pem"), pem.certificate);
    await writeFile(join(folder, "key.pem"), pem.privateKey, { mode: 0o600 });
    await writeFile(join(folder, "secret.yaml"), SECRET);
    await writeFile(join(folder, "nothing"), "");
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** @param stdin a file: an emulator may not know what a pipe of this machine is */
  function run(args: readonly string[], stdin = "nothing") {
    const env = { WINEPREFIX: join(folder, "wine"), ...process.env, WINEDEBUG: "-all" };
    const program = [...before, executableOf(target), ...args];
    const input = openSync(join(folder, stdin), "r");
    try {
      const stdio = [input, "pipe", "pipe"] as const;
      const { status, stdout, stderr } = spawnSync(emulator, program, { cwd: folder, stdio: [...stdio], env });
      return { status, stdout: stdout.toString(), stderr: stderr.toString() };
    } finally {
      closeSync(input);
    }
  }

  it("says what it is", SLOW, () => {
    expect(run(["--version"])).toEqual({ status: 0, stdout: `sealwright ${cli.version}\n`, stderr: "" });
  });

  it("seals what this machine opens, from a file and from stdin", SLOW, async () => {
    for (const { args, stdin } of [{ args: ["secret.yaml"] }, { args: [], stdin: "secret.yaml" }]) {
      const { status, stdout, stderr } = run(["seal", "--cert", "cert.pem", ...args], stdin);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const { secret } = await unseal(readSealedSecret(readManifests(stdout)[0]?.value), ring);
      expect(secret.data.get("c")?.toString()).toBe("hunter2");
    }
  });

  it("writes a file and opens it again, its templates too", SLOW, async () => {
    const written = run(["seal", "--cert", "cert.pem", "-w", "sealed.yaml", "secret.yaml"]);
    expect(written).toEqual({ status: 0, stdout: "", stderr: "" });
    const sealed = await readFile(join(folder, "sealed.yaml"), "utf8");
    await writeFile(
      join(folder, "sealed.yaml"),
      sealed.replace("  template:\n", '  template:\n    data: {d: "{{ .c | upper }}"}\n'),
    );
    const { status, stdout, stderr } = run(["unseal", "--key", "key.pem", "sealed.yaml"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(Buffer.from("HUNTER2").toString("base64"));
  });

  it("says what is wrong, and ends with its number", SLOW, () => {
    const stderr = "error: missing.pem cannot be read: there is no such file or folder\n";
    expect(run(["seal", "--cert", "missing.pem", "secret.yaml"])).toEqual({ status: 7, stdout: "", stderr });
  });
});

describe.each(macs)("the executable for macOS on %s", (architecture) => {
  it("is a program for that machine, with a signature that fits all of it", SLOW, async () => {
    const program = readMachO(await readFile(executableOf(`darwin-${architecture}`)));
    expect(program).toMatchObject({ architecture, isProgram: true });
    expect(program?.signature).toMatchObject({ isAdHoc: true, firstBadPage: null });
    expect(program?.signature?.codeLimit).toBe(program?.signature?.offset);
  });
});

describe.runIf(spawnSync("go", ["version"]).status === 0)("a signature for macOS", () => {
  it("is what Go's linker makes for the same program", SLOW, async () => {
    const folder = await mkdtemp(join(tmpdir(), "sealwright-go-"));
    try {
      await writeFile(join(folder, "main.go"), "package main\n\nfunc main() {}\n");
      const env = { ...process.env, GOOS: "darwin", GOARCH: "arm64", CGO_ENABLED: "0" };
      expect(spawnSync("go", ["build", "-o", "signed", "main.go"], { cwd: folder, env }).status).toBe(0);
      const signed = await readFile(join(folder, "signed"));
      expect(signAdHoc(signed, "a.out").equals(signed)).toBe(true);
      // One byte is enough.
      signed[5_000] = (signed[5_000] ?? 0) ^ 1;
      expect(readMachO(signed)?.signature?.firstBadPage).toBe(1);
      expect(readMachO(signAdHoc(signed, "a.out"))?.signature?.firstBadPage).toBeNull();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
