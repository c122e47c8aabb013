import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runKubeseal } from "../peers/kubeseal.ts";
import { callDelivered } from "../programs/delivered.ts";
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

/** Runs the Go project's kubeseal and ours on the same input; ours in this process, which is quicker. */
export async function runBoth(given: Given): Promise<{ readonly go: Left; readonly ours: Left }> {
  const [go, ours] = await Promise.all([inFolder(given, runGo), inFolder(given, calling("kubeseal"))]);
  return { go, ours };
}

/** The same, each as a process: where it counts how that is made. */
export async function startBoth(given: Given): Promise<{ readonly go: Left; readonly ours: Left }> {
  const [go, ours] = await Promise.all([inFolder(given, runGo), inFolder(given, startOurs)]);
  return { go, ours };
}

type Run = (given: Given, cwd: string) => Promise<Omit<Left, "files">>;

const runGo: Run = ({ args, stdin = "", env = {}, kubeconfig = "" }, cwd) =>
  runKubeseal(args, { stdin, env, kubeconfig, cwd });

/**
 * Runs the Go project's kubeseal, ours and sealwright, each with arguments of its own; ours in this process, which is quicker, unless they are
 * to be what is delivered.
 */
export async function runAll(
  given: Omit<Given, "args">,
  args: { readonly kubeseal: readonly string[]; readonly sealwright: readonly string[] },
): Promise<{ readonly go: Left; readonly ours: Left; readonly sealwright: Left }> {
  const [go, ours, sealwright] = await Promise.all([
    inFolder({ ...given, args: args.kubeseal }, runGo),
    inFolder({ ...given, args: args.kubeseal }, calling("kubeseal")),
    inFolder({ ...given, args: args.sealwright }, calling("sealwright")),
  ]);
  return { go, ours, sealwright };
}

/** A home of its own, with the kubeconfig in it. */
async function atHome<T>(
  { kubeconfig = "", env = {} }: Pick<Given, "kubeconfig" | "env">,
  action: (env: Readonly<Record<string, string | undefined>>) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), "sealwright-home-"));
  try {
    const file = join(home, "kubeconfig");
    await writeFile(file, kubeconfig, { mode: 0o600 });
    return await action({ HOME: home, KUBECONFIG: file, KUBERNETES_SERVICE_HOST: undefined, ...env });
  } finally {
    await rm(home, { recursive: true });
  }
}

const calling =
  (program: "sealwright" | "kubeseal"): Run =>
  ({ args, stdin = "", ...given }, cwd) =>
    atHome(given, (env) => callDelivered(program, { args, stdin, env, cwd }));

const startOurs: Run = ({ args, stdin = "", ...given }, cwd) =>
  atHome(given, (env) => runProgram(sourceOf("packages/cli/src/kubeseal/bin.ts"), { args, stdin, env, cwd }));

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
