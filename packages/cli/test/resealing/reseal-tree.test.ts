import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { readCertificate, readSealedSecret, seal, unseal } from "@sealwright/core";
import { readManifests, writeManifest } from "@sealwright/core/kubernetes-yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../../../test/cluster/until.ts";
import { createTestKeys, type TestKeys } from "../keys.ts";
import { PROGRAMS } from "../script/program.ts";

/** In so many folders. */
const FILES = 2_000;
const FOLDERS = 20;
/** Milliseconds: two thousand files take their time where others compute, too. */
const TIMEOUT = 120_000;

let keys: TestKeys;
let tree: string;

beforeAll(async () => {
  keys = await createTestKeys();
  tree = await mkdtemp(join(tmpdir(), "sealwright-tree-"));
  await writeFile(join(tree, "key.pem"), keys.privateKey);
  await writeFile(join(tree, "old-key.pem"), keys.oldKey);
  for (const name of ["cert.pem", "old-cert.pem"]) await writeFile(join(tree, name), keys.certificates[name] ?? "");
  for (let folder = 0; folder < FOLDERS; folder += 1) await mkdir(join(tree, nameOf(folder)));
  const certificate = await readCertificate(keys.certificates["old-cert.pem"] ?? "");
  for (let file = 0; file < FILES; file += 1) {
    const data = new Map([["item", new TextEncoder().encode(`hunter${file}`)]]);
    const sealed = await seal(
      { metadata: { name: `s${file}`, namespace: "shop" }, data },
      { certificate, hints: file % 2 === 0 },
    );
    await writeFile(pathOf(file), writeManifest(sealed, "yaml"));
  }
}, TIMEOUT);

afterAll(() => rm(tree, { recursive: true }));

test(
  "a tree whose resealing is killed half way is whole, and the next run does the rest",
  async () => {
    const before = await contents();
    const killed = start("cert.pem");
    await until(async () => (await readFile(pathOf(FILES / 2), "utf8")) !== before[FILES / 2], {
      what: "half of it",
      timeoutMs: 90_000,
      intervalMs: 10,
    });
    killed.kill("SIGKILL");
    await once(killed, "close");

    const half = await contents();
    const done = half.flatMap((content, file) => (content === before[file] ? [] : [file]));
    expect(done.length).toBeGreaterThan(FILES / 4);
    expect(done.length).toBeLessThan(FILES);

    expect(await ended(start("cert.pem"))).toEqual({
      code: 0,
      stdout: expect.stringContaining(
        `\n${FILES - done.length} files resealed, ${done.length} current already, 0 failed\n`,
      ),
      stderr: "",
    });
    const after = await contents();
    for (const file of done) expect(after[file]).toBe(half[file]);
    const looked = [...done.slice(-5), ...Array.from({ length: 40 }, (_, nth) => nth * 50 + 49)];
    for (const file of looked) expect(await valueIn(after[file] ?? "")).toBe(`hunter${file}`);
  },
  TIMEOUT,
);

test(
  "Ctrl-C finishes the files in hand, says how many remain, and ends with 130",
  async () => {
    const before = await contents();
    const child = start("old-cert.pem");
    const end = ended(child);
    await until(async () => (await readFile(pathOf(100), "utf8")) !== before[100], {
      what: "some of it",
      intervalMs: 10,
    });
    child.kill("SIGINT");
    const { code, stdout, stderr } = await end;
    const after = await contents();
    const done = after.filter((content, file) => content !== before[file]).length;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: `error: interrupted: ${FILES - done} of ${FILES} files remain\nhint: the same command goes on with them\n`,
    });
    expect(stdout).toContain(`\n${done} files resealed, 0 current already, 0 failed, ${FILES - done} not come to\n`);
    const left = (await readdir(tree, { recursive: true })).filter((name) => name.endsWith(".tmp"));
    // What SIGKILL has left; Ctrl-C leaves nothing.
    expect(left.length).toBeLessThanOrEqual(4);
  },
  TIMEOUT,
);

function start(certificate: string): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
  const args = ["reseal", "--key", "key.pem", "--key", "old-key.pem", "--cert", certificate, "."];
  return spawn(process.execPath, [PROGRAMS["sealwright"] ?? "", ...args], { cwd: tree, env: { HOME: tree } });
}

async function ended(child: ReturnType<typeof start>) {
  const [[code], stdout, stderr] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code: code as unknown, stdout, stderr };
}

function contents(): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: FILES }, (_, file) => readFile(pathOf(file), "utf8")));
}

async function valueIn(content: string): Promise<string> {
  const [document] = readManifests(content);
  const { secret } = await unseal(readSealedSecret(document?.value), keys.ring);
  return new TextDecoder().decode(secret.data.get("item"));
}

function pathOf(file: number): string {
  return join(tree, nameOf(Math.floor((file * FOLDERS) / FILES)), `${nameOf(file)}.yaml`);
}

/** Sorted as it is numbered. */
function nameOf(number: number): string {
  return String(number).padStart(4, "0");
}
