import { expect, test } from "vitest";
import { CTRL_C, ENTER } from "./pseudo-terminal.ts";
import { terminalSession } from "./terminal-session.ts";

/** Shows the first line, and the rest when somebody presses Enter. */
const PAGER = "PAGER='head -n 1; read -r line </dev/tty; echo \"read on $line\"; cat >/dev/null'";
/** The same to see, by one process: a shell between two of them takes no notice of Ctrl-C. */
const ONE_PROCESS = `PAGER='exec awk "NR == 1 { print; fflush(); getline < \\"/dev/tty\\" }"'`;
const LONG = "Usage: sealwright seal";

const session = terminalSession([]);

/** The shell outlives Ctrl-C. */
function run(command: string): void {
  session.run(`trap : INT; ${command}; echo "exit $?"`);
}

test("a help that is longer than the screen is shown by PAGER, which may close it early", async () => {
  run(`export ${PAGER}; sealwright seal --help`);
  await session.terminal.at(LONG, `here${ENTER}`);
  await session.terminal.shows("read on here");
  await session.terminal.shows("exit 0");
  expect(session.terminal.screen).not.toContain("--in-place");
});

test("Ctrl-C is for the pager, which is waited for", async () => {
  run(`export ${ONE_PROCESS}; sealwright seal --help`);
  await session.terminal.at(LONG, CTRL_C);
  await session.terminal.shows("exit 0");
});

test.each([
  ["fits the screen", `export ${PAGER}; sealwright --version`, "sealwright "],
  ["goes into a pipe", `export ${PAGER}; sealwright seal --help | grep -e --fresh`, "--fresh"],
  ["has no pager", "sealwright seal --help", "sealwright seal --beside"],
  ["has an empty one", "PAGER= sealwright seal --help", "sealwright seal --beside"],
  ["has one that there is not", "export PAGER=no-such-pager; sealwright seal --help", "sealwright seal --beside"],
])("a text is written as any other where it %s", async (_title, command, shown) => {
  run(command);
  await session.terminal.shows(shown);
  await session.terminal.shows("exit 0");
});
