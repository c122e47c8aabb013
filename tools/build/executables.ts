import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { findBun } from "./bun.ts";
import { addDecryptionWorker } from "./decryption-worker.ts";
import { PROGRAM, SPLIT } from "./program.ts";
import { root } from "./root.ts";
import { signAdHoc } from "./sign-mach-o.ts";
import { addTemplateEngine } from "./template-engine.ts";
import { bundleApart } from "./third-party.ts";

/** Our names of platforms, which are Node's, and Bun's. Bun's programs of others than this machine's come from the npm registry. */
const BUN_TARGETS: Readonly<Record<string, string>> = {
  "linux-x64": "bun-linux-x64-baseline",
  "linux-arm64": "bun-linux-arm64",
  "darwin-x64": "bun-darwin-x64",
  "darwin-arm64": "bun-darwin-arm64",
  "win32-x64": "bun-windows-x64-baseline",
};

const HOST = `${process.platform}-${process.arch}`;

/** Whoever runs the program in a folder of others must not be configured by what lies there. */
const DEAF = ["dotenv", "bunfig", "tsconfig", "package-json"].map((file) => `--no-compile-autoload-${file}`);

/** In an executable of its own, `process.argv` starts with two names that nobody gave. */
const START = 'require("./program.cjs").runProcess([process.argv0, ...process.argv.slice(2)]);\n';

/** What the program looks for beside it. */
const BESIDE = ["template-worker.js", "decryption-worker.js", "engine.wasm.gz"];

/** The platforms that `--executables[=platform,...]` asks for; none where it is not there. Ends the process where there is no such one. */
export function readTargets(args: readonly string[]): readonly string[] {
  const [flag, ...others] = args;
  if (flag === undefined) return [];
  const [, list = HOST] = /^--executables(?:=(.*))?$/.exec(flag) ?? [];
  const targets = list === "all" ? Object.keys(BUN_TARGETS) : list.split(",");
  const isKnown = flag.startsWith("--executables") && others.length === 0;
  if (isKnown && targets.every((target) => Object.hasOwn(BUN_TARGETS, target))) return targets;
  process.stderr.write(`error: usage: npm run build -- [--executables[=${Object.keys(BUN_TARGETS).join(",")}|=all]]\n`);
  process.exit(2);
}

/** Builds `dist/executables/sealwright-<platform>`, which called `kubeseal` is the drop-in. Returns the paths, from the workspace's folder. */
export async function buildExecutables(targets: readonly string[]): Promise<readonly string[]> {
  if (targets.length === 0) return [];
  const bun = findBun();
  if (bun === null) {
    process.stderr.write(
      "error: executables need Bun: node tools/bootstrap.cjs --with test/runtimes tools/build.ts --executables\n",
    );
    process.exit(1);
  }
  const folder = join(root, "packages/cli/dist/executable-parts");
  try {
    const program = await bundleApart({ entry: PROGRAM, folder, runtime: "executable" }, SPLIT);
    await Promise.all([addTemplateEngine(folder), addDecryptionWorker(folder)]);
    await writeFile(join(folder, "sealwright.cjs"), START);
    await mkdir(join(root, "dist/executables"), { recursive: true });
    const parts = ["sealwright.cjs", ...BESIDE, ...program.keys()];
    return targets.map((target) => compile(bun, { target, folder, parts }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Compilation {
  readonly target: string;
  readonly folder: string;
  readonly parts: readonly string[];
}

function compile(bun: string, { target, folder, parts }: Compilation): string {
  const outfile = join(root, "dist/executables", `sealwright-${target}${target.startsWith("win32") ? ".exe" : ""}`);
  const { status, stdout, stderr } = spawnSync(
    bun,
    [
      ...["build", "--compile", "--minify", "--bytecode", `--target=${BUN_TARGETS[target]}`, ...DEAF],
      ...["--external", "./*", "--loader", ".gz:file", "--asset-naming", "[name].[ext]"],
      ...["--outfile", outfile, ...parts],
    ],
    { cwd: folder, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`no executable for ${target}:\n${stdout}${stderr}`);
  if (target === "darwin-x64") writeFileSync(outfile, signAdHoc(readFileSync(outfile), "sealwright"));
  return relative(root, outfile);
}
