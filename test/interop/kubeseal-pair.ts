import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runKubeseal } from "../peers/kubeseal.ts";
import { runProgram, sourceOf } from "../programs/program.ts";

/** What both programs are given, each in a folder of its own. */
export interface Given {
  readonly args: readonly string[];
  readonly stdin?: string | undefined;
  /** Text by path, in the working directory. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly kubeconfig?: string | undefined;
}

/** What a program left behind. */
export interface Left {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Every file in its working directory. */
  readonly files: Readonly<Record<string, string>>;
}

/** Runs the Go project's kubeseal and ours on the same input. */
export async function runBoth(given: Given): Promise<{ readonly go: Left; readonly ours: Left }> {
  const [go, ours] = await Promise.all([
    inFolder(given, runGo),
    inFolder(given, runProgramAt("packages/cli/src/kubeseal/bin.ts")),
  ]);
  return { go, ours };
}

type Run = (given: Given, cwd: string) => Promise<Omit<Left, "files">>;

const runGo: Run = ({ args, stdin = "", env = {}, kubeconfig = "" }, cwd) =>
  runKubeseal(args, { stdin, env, kubeconfig, cwd });

/** Runs sealwright on it. */
export function runSealwrightIn(given: Given): Promise<Left> {
  return inFolder(given, runProgramAt("packages/cli/src/bin.ts"));
}

const runProgramAt =
  (source: string): Run =>
  async ({ args, stdin = "", env = {}, kubeconfig = "" }, cwd) => {
    const home = await mkdtemp(join(tmpdir(), "sealwright-home-"));
    try {
      const file = join(home, "kubeconfig");
      await writeFile(file, kubeconfig, { mode: 0o600 });
      const world = { HOME: home, KUBECONFIG: file, KUBERNETES_SERVICE_HOST: undefined, ...env };
      return await runProgram(sourceOf(source), { args, stdin, env: world, cwd });
    } finally {
      await rm(home, { recursive: true });
    }
  };

async function inFolder(given: Given, run: Run): Promise<Left> {
  const folder = await mkdtemp(join(tmpdir(), "sealwright-pair-"));
  try {
    for (const [path, text] of Object.entries(given.files ?? {})) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const result = await run(given, folder);
    const names = (await readdir(folder)).sort();
    const files = names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const);
    return { ...result, files: Object.fromEntries(await Promise.all(files)) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
