import { readFile } from "node:fs/promises";
import { readSealedSecret, unseal } from "@sealwright/core";
import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { describe, expect, test } from "vitest";
import { BACKSPACE, CTRL_C, CTRL_D, ENTER, pasted } from "./pseudo-terminal.ts";
import { terminalSession } from "./terminal-session.ts";

const SEALED = Buffer.from(`# db
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: database, namespace: shop}
spec:
  encryptedData: {}
`);
/** Says how the program ended, and whether the terminal shows again what is typed into it. */
const AFTER = 'echo "exit $?"; stty -a | grep -Eo -- "-?(echo|icanon|isig)( |$)" | tr -d "\\n"; echo .';
const RESTORED = "exit 0\r\nisig icanon echo";

const session = terminalSession([{ name: "db.yaml", bytes: SEALED }]);

function run(command: string): void {
  session.run(`${command}; ${AFTER}`);
}

async function valuesIn(name: string): Promise<Record<string, string>> {
  const [document] = readManifests(await readFile(session.world.path(name), "utf8"));
  const { secret } = await unseal(readSealedSecret(document?.value), session.keys.ring);
  return Object.fromEntries([...secret.data].map(([item, bytes]) => [item, Buffer.from(bytes).toString()]));
}

async function mustBeUnchanged(): Promise<void> {
  expect(await readFile(session.world.path("db.yaml"))).toEqual(SEALED);
}

describe("a value that is asked for", () => {
  test("is not shown, nor how long it is, and the terminal is as it was afterwards", async () => {
    run("sealwright set db.yaml password token");
    await session.terminal.at("Value of the new item password: ", `hunter2${ENTER}`);
    await session.terminal.at("Value of the new item token: ", `hunter3${ENTER}`);
    await session.terminal.shows(RESTORED);
    expect(await session.terminal.exit).toBe(0);
    expect(session.terminal.screen).not.toMatch(/hunter|\*|•/);
    expect(await valuesIn("db.yaml")).toEqual({ password: "hunter2", token: "hunter3" });
  });

  test("can be corrected, character by character as people see them, and all of it", async () => {
    run("sealwright set db.yaml one two");
    await session.terminal.at("one: ", `hünter🔑é👩‍👩‍👧x${BACKSPACE}${BACKSPACE}2${ENTER}`);
    await session.terminal.at("two: ", `wrong\x15hunter3${BACKSPACE}\x1b[D\x1b[3~\x1bOP4\t5${ENTER}`);
    await session.terminal.shows(RESTORED);
    expect(await valuesIn("db.yaml")).toEqual({ one: "hünter🔑é2", two: "hunter4\t5" });
  });

  test("may be a paste of many lines where the terminal marks pastes", async () => {
    run("sealwright set db.yaml key line");
    await session.terminal.at("key: \x1b[?2004h", `${pasted("-----BEGIN\nhunter2\x1b[A\n-----END\n")}${ENTER}`);
    // Whoever copies one line copies its end as well.
    await session.terminal.at("line: ", `${pasted("hunter3\n")}${ENTER}`);
    await session.terminal.shows(RESTORED);
    expect(session.terminal.screen).toContain("\x1b[?2004l");
    expect(await valuesIn("db.yaml")).toEqual({ key: "-----BEGIN\nhunter2\x1b[A\n-----END\n", line: "hunter3" });
  });

  test("that is pasted without marks is refused where it has many lines: the rest would answer other questions", async () => {
    run("sealwright set db.yaml one two");
    await session.terminal.at("one: ", `hunter1${ENTER}hunter2${ENTER}`);
    await session.terminal.shows("error: more than one line was typed or pasted");
    await session.terminal.shows("exit 3");
    expect(session.terminal.screen).not.toContain("hunter");
    await mustBeUnchanged();
  });

  test("is refused where it is in another encoding: nobody could tell what was meant", async () => {
    run("sealwright set db.yaml one");
    await session.terminal.at("one: ", Buffer.from([0x68, 0xe9, ...Buffer.from(ENTER)]));
    await session.terminal.shows("error: what was typed is not UTF-8");
    await session.terminal.shows("exit 3");
    await mustBeUnchanged();
  });

  test("stays whole when the terminal changes its size meanwhile", async () => {
    run("sealwright set db.yaml password");
    await session.terminal.at("password: ", "hunter");
    session.terminal.resize(20, 5);
    session.terminal.resize(132, 50);
    await session.terminal.at("", `2${ENTER}`);
    await session.terminal.shows(RESTORED);
    expect(await valuesIn("db.yaml")).toEqual({ password: "hunter2" });
  });

  test("is asked for on the terminal where stdin is a pipe, and where stdout and stderr are files", async () => {
    run("printf hunter1 | sealwright set db.yaml piped=- asked >out 2>err");
    await session.terminal.at("Value of the new item asked: ", `hunter2${ENTER}`);
    await session.terminal.shows(RESTORED);
    expect(await valuesIn("db.yaml")).toEqual({ piped: "hunter1", asked: "hunter2" });
    expect(
      (await readFile(session.world.path("out"), "utf8")) + (await readFile(session.world.path("err"), "utf8")),
    ).toBe("");
  });

  test.each([
    { key: "Ctrl-C", typed: `hunter${CTRL_C}`, ends: "exit 130\r\nisig icanon echo" },
    { key: "Ctrl-D", typed: CTRL_D, ends: "exit 3\r\nisig icanon echo" },
  ])("is given up with $key: nothing is changed, and the terminal is as it was", async ({ typed, ends }) => {
    run("sealwright set db.yaml one two");
    await session.terminal.at("one: ", `hunter1${ENTER}`);
    await session.terminal.at("two: ", typed);
    await session.terminal.shows(ends);
    await mustBeUnchanged();
  });

  test("leaves the terminal as it was when the program is ended from outside", async () => {
    run('sh -c \'echo "pid $$."; exec "$@"\' sh $(sealwright_command) set db.yaml one');
    await session.terminal.shows("Value of the new item one: ");
    const [, pid] = /pid (\d+)\./.exec(session.terminal.screen) ?? [];
    process.kill(Number(pid), "SIGTERM");
    await session.terminal.shows("exit 143\r\nisig icanon echo");
    await mustBeUnchanged();
  });
});

describe("a session", () => {
  test("shows what is typed but for values, and writes all of it at its end", async () => {
    run("sealwright edit db.yaml");
    await session.terminal.at("help> ", `ad${BACKSPACE}dd tokem${BACKSPACE}n${ENTER}`);
    await session.terminal.at("Value of the new item token: ", `hunter2${ENTER}`);
    await session.terminal.at("7 bytes  (new)", "");
    await session.terminal.at("help> ", `save${ENTER}`);
    await session.terminal.shows("db.yaml is saved");
    await session.terminal.shows(RESTORED);
    expect(session.terminal.screen).toContain("help> ad\b \bdd tokem\b \bn\n");
    expect(session.terminal.screen).not.toContain("hunter");
    expect(await valuesIn("db.yaml")).toEqual({ token: "hunter2" });
  });

  test("takes what is typed ahead, and leaves nothing behind at Ctrl-C", async () => {
    run("sealwright edit db.yaml");
    await session.terminal.at("help> ", `generate a${ENTER}list${ENTER}${CTRL_C}`);
    await session.terminal.shows("exit 130\r\nisig icanon echo");
    await mustBeUnchanged();
  });
});

test("nobody is asked where there is no terminal at all", async () => {
  run('setsid -w sh -c \'"$@"; echo "ended $?"\' sh $(sealwright_command) set db.yaml one </dev/null');
  await session.terminal.shows("error: nobody can be asked for the value of one: there is no terminal");
  await session.terminal.shows("ended 2");
  await mustBeUnchanged();
});
