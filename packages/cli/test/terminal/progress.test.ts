import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { CTRL_C } from "./pseudo-terminal.ts";
import { terminalSession } from "./terminal-session.ts";

const SEALED = Buffer.from(`apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: database, namespace: shop}
spec: {encryptedData: {}}
`);
const SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\nstringData: {p: hunter2}\n";
const CLOCK = new URL("fast-clock.ts", import.meta.url).href;
/** What is shown is taken back before anything else is. */
const CLEARED = "\r\x1b[K";
const FINISHING = `${CLEARED}finishing the files that are begun; Ctrl-C once more ends it at once\r\n`;

const session = terminalSession([
  { name: "a.yaml", bytes: SEALED },
  { name: "a.secret.yaml", bytes: Buffer.from(SECRET) },
]);

/** The shell outlives Ctrl-C. */
function run(command: string): void {
  session.run(`trap : INT; export NODE_OPTIONS="--import ${CLOCK}"; ${command}; echo "exit $?"`);
}

/** Files that say nothing before somebody writes to them. */
function makePipes(names: readonly string[]): void {
  for (const name of names) execFileSync("mkfifo", [session.world.path(name)]);
}

test("long work says how far it has come, on a line that fits the terminal, and takes it back", async () => {
  const pipes = ["p1.yaml", "p2.yaml", "p3.yaml", "p4.yaml", "p5.yaml"];
  makePipes(pipes);
  run(`sealwright verify a.yaml ${pipes.join(" ")}`);
  await session.terminal.shows(`${CLEARED}verified files: 1, documents: 1`);
  session.terminal.resize(12, 5);
  // One after the other: the program has noticed its new width by the last of them.
  for (const name of pipes) await writeFile(session.world.path(name), SEALED);
  await session.terminal.shows(`${CLEARED}verified fi${CLEARED}a.yaml:1: warning`);
  await session.terminal.shows("exit 0");
});

test("Ctrl-C has reseal finish the file that it is at, and say what is left", async () => {
  makePipes(["slow.yaml"]);
  run("sealwright reseal --jobs 1 --key key.pem a.yaml slow.yaml never.yaml");
  await session.terminal.at(`${CLEARED}resealed files: 1 of 3 [##########....................]`, CTRL_C);
  await session.terminal.shows(FINISHING);
  await writeFile(session.world.path("slow.yaml"), SEALED);
  await session.terminal.shows(`${CLEARED}0 files resealed, 2 current already, 0 failed, 1 not come to`);
  await session.terminal.shows("exit 130");
});

test("one large input says how many of its documents are done", async () => {
  await writeFile(session.world.path("many.yaml"), `---\n${SECRET}`.repeat(30));
  run("sealwright seal <many.yaml >out.yaml");
  await session.terminal.shows(`${CLEARED}sealed files: 0, documents: 30`);
  await session.terminal.shows("exit 0");
  run("sealwright verify out.yaml; sealwright reseal --dry-run --key key.pem out.yaml");
  await session.terminal.shows(`${CLEARED}verified files: 0, documents: 30`);
  await session.terminal.shows(`${CLEARED}resealed files: 0 of 1 [..............................], documents: 30`);
  await session.terminal.shows("exit 0");
});

describe.each([
  ["seal", "seal --cert cert.pem a.secret.yaml slow.yaml", "sealed files: 1, documents: 1"],
  ["verify", "verify a.yaml slow.yaml", "verified files: 1, documents: 1"],
  [
    "reseal",
    "reseal --jobs 1 --key key.pem a.yaml slow.yaml",
    "resealed files: 1 of 2 [###############...............]",
  ],
])("a signal that ends %s", (name, args, shown) => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("has the line taken back: %s", async (signal, code) => {
    makePipes(["slow.yaml"]);
    run(`sh -c 'echo "pid $$."; exec "$@"' sh $(sealwright_command) ${args}`);
    await session.terminal.shows(`${CLEARED}${shown}`);
    const [, pid] = /pid (\d+)\./.exec(session.terminal.screen) ?? [];
    // The first Ctrl-C has resealing finish what it is at; the second ends it.
    if (name === "reseal" && signal === "SIGINT") await session.terminal.at("", CTRL_C);
    if (name === "reseal" && signal === "SIGINT") await session.terminal.shows(FINISHING);
    process.kill(Number(pid), signal);
    await session.terminal.shows(`exit ${code}`);
    // The shell may have a word of its own for it.
    const { screen } = session.terminal;
    expect(screen.slice(screen.lastIndexOf(CLEARED))).not.toContain("files:");
  });
});

test("whoever is no terminal is told nothing of it", async () => {
  run("sealwright verify a.yaml 2>err");
  await session.terminal.shows("exit 0");
  expect(await readFile(session.world.path("err"), "utf8")).toBe("");
});
