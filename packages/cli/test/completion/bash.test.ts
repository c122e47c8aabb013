import { execFileSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import process from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCRIPTS } from "../../src/completion/scripts.ts";
import { createTestKeys } from "../keys.ts";
import { PROGRAMS } from "../script/program.ts";
import { World } from "../script/world.ts";

let world: World;

beforeAll(async () => {
  const files = { "db.yaml": SEALED, config: KUBECONFIG, "completion.bash": SCRIPTS.bash + ASK };
  const embedded = Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  world = await World.create(await createTestKeys(), embedded);
  await writeFile(world.path("sealwright"), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAMS["sealwright"]}" "$@"\n`);
  await chmod(world.path("sealwright"), 0o755);
});

afterAll(() => world.close());

const SEALED =
  "{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, spec: {encryptedData: {password: '', api.key: ''}}}\n";

/** Names as clouds give them, and one that no shell should see. */
const KUBECONFIG = `
contexts:
  - {name: "arn:aws:eks:eu:1:cluster/a", context: {}}
  - {name: "admin@prod", context: {}}
  - {name: "$(touch taken)", context: {}}
`;

/** What is typed, and then the words that Bash makes of it, which splits at `=`, `:` and `@`, too. */
const ASK = `
COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_sealwright
printf '%s\\n' "\${COMPREPLY[@]}"
`;

test.each([
  ["a command", "sealwright unse", ["sealwright", "unse"], ["unseal"]],
  [
    "a context",
    "sealwright seal --context ",
    ["sealwright", "seal", "--context", ""],
    ["arn:aws:eks:eu:1:cluster/a", "admin@prod"],
  ],
  [
    "what comes after a colon",
    "sealwright seal --context arn:aws:e",
    ["sealwright", "seal", "--context", "arn", ":", "aws", ":", "e"],
    ["eks:eu:1:cluster/a"],
  ],
  [
    "what comes after =",
    "sealwright seal --context=ad",
    ["sealwright", "seal", "--context", "=", "ad"],
    ["admin@prod"],
  ],
  ["an item", "sealwright rm db.yaml ", ["sealwright", "rm", "db.yaml", ""], ["password", "api.key"]],
  ["a file, which Bash finds", "sealwright rm d", ["sealwright", "rm", "d"], [""]],
])("Bash completes %s", (_, line, words, expected) => {
  const env = { PATH: `${world.folder}:${process.env["PATH"]}`, HOME: world.folder, KUBECONFIG: world.path("config") };
  const output = execFileSync("bash", ["--norc", "completion.bash", line, ...words], { cwd: world.folder, env });
  expect(output.toString().split("\n").slice(0, -1)).toEqual(expected);
});
