import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { CTRL_C } from "./pseudo-terminal.ts";
import { terminalSession } from "./terminal-session.ts";

const SEALED = Buffer.from(`apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: database, namespace: shop}
spec: {encryptedData: {}}
`);
const CLOCK = new URL("fast-clock.ts", import.meta.url).href;
/** What is shown is taken back before anything else is. */
const CLEARED = "\r\x1b[K";

const session = terminalSession([{ name: "a.yaml", bytes: SEALED }]);

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
  await session.terminal.shows(`${CLEARED}verified files: 1`);
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
  await session.terminal.shows("^C");
  await writeFile(session.world.path("slow.yaml"), SEALED);
  await session.terminal.shows(`${CLEARED}0 files resealed, 2 current already, 0 failed, 1 not come to`);
  await session.terminal.shows("exit 130");
});

test("whoever is no terminal is told nothing of it", async () => {
  run("sealwright verify a.yaml 2>err");
  await session.terminal.shows("exit 0");
  expect(await readFile(session.world.path("err"), "utf8")).toBe("");
});
