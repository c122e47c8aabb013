// Runs a program of the workspace from a bare clone: installs what the lockfile says, then hands over to the workspace's own Node.
// Written for the oldest Node that it may meet, since it is what tells people that theirs is too old.
"use strict";

const { spawnSync } = require("node:child_process");
const { join } = require("node:path");

const PNPM = "pnpm@12.21.0";
const OLDEST_TO_INSTALL = [20, 0];
const OLDEST_TO_RUN = [22, 19];
/** Platforms whose Node comes from the lockfile. */
const PROVIDED = ["linux-x64", "linux-arm64", "win32-x64"];

const root = join(__dirname, "..");
/** Types are stripped once and not at each start: a program starts in a third of the time. */
const COMPILE_CACHE = join(root, "node_modules", ".cache", "compile");
/** What every command needs; heavy tools stand in projects of their own, and `--with FOLDER` brings one in. */
const PROJECTS = [".", "./packages/*"];
const { extra, program, rest } = readArguments(process.argv.slice(2));

checkNode();
const filters = [...PROJECTS, ...extra].flatMap((project) => ["--filter", project]);
pnpm(["install", "--frozen-lockfile", "--silent", ...filters], { quiet: true });
process.exitCode = pnpm(["exec", ...(program === "--bin" ? rest : ["node", program, ...rest])], { quiet: false });

function readArguments([first, ...others]) {
  if (first !== "--with") return { extra: [], program: first, rest: others };
  const [folder, program, ...rest] = others;
  return { extra: [`./${folder}`], program, rest };
}

function checkNode() {
  const provided = PROVIDED.includes(`${process.platform}-${process.arch}`);
  const oldest = provided ? OLDEST_TO_INSTALL : OLDEST_TO_RUN;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  process.stderr.write(
    `error: Node ${oldest.join(".")} or newer is needed here, and this is ${process.versions.node}\n`,
  );
  if (!provided) process.stderr.write("hint: the workspace brings its own Node for Linux and Windows x64 only\n");
  process.exit(1);
}

/** Output of a quiet step is shown only when it fails. Returns the exit code; ends the process when a quiet step fails. */
function pnpm(parameters, { quiet }) {
  const result = spawnSync("npx", ["--yes", PNPM, ...parameters], {
    cwd: root,
    stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    // Windows finds npx.cmd only through a shell; none of the arguments comes from outside.
    shell: process.platform === "win32",
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env, npm_config_loglevel: "error" },
  });
  if (result.error) process.stderr.write(`error: npx cannot be run: ${result.error.message}\n`);
  const code = result.status ?? 1;
  if (quiet && code !== 0) {
    process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}error: the workspace cannot be installed\n`);
    process.exit(code);
  }
  return code;
}
