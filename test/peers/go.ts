import { spawn, spawnSync } from "node:child_process";

/** What went wrong, in words for the person at the terminal. */
export class GoError extends Error {
  override readonly name = "GoError";
}

/**
 * The version of Go that builds the module in `folder`, `go1.26.8`, which may be a toolchain that go.mod asks for and this machine's Go
 * fetched. Throws a GoError where there is no Go, or only an older one.
 */
export function goVersion(folder: string): string {
  // The first command fails where Go is too old for go.mod; the second tells its version all the same.
  goOutput(folder, "list", "-m");
  return goOutput(folder, "env", "GOVERSION");
}

function goOutput(folder: string, ...args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync("go", args, {
    cwd: folder,
    env: goEnvironment(),
    encoding: "utf8",
  });
  if (error !== undefined) throw new GoError("Go is not installed, or not on PATH: see https://go.dev/doc/install");
  const older = /requires go >= ([\w.]+).*running go ([\w.]+)/.exec(stderr);
  if (older !== null) throw new GoError(`Go ${older[1]} or newer is needed; this machine has Go ${older[2]}`);
  if (status !== 0) throw new GoError(`go ${args.join(" ")} failed in ${folder}:\n${stderr.trim()}`);
  return stdout.trim();
}

export interface GoBuildOptions {
  /** The module's folder. */
  readonly folder: string;
  readonly package: string;
  readonly flags: readonly string[];
  readonly output: string;
  readonly signal: AbortSignal;
}

/** Builds one program. Throws a GoError with the end of what the compiler said. */
export async function goBuild({ folder, package: name, flags, output, signal }: GoBuildOptions): Promise<void> {
  const child = spawn("go", ["build", ...flags, "-o", output, name], {
    cwd: folder,
    env: goEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new GoError(`go build ${name} failed:\n${said.trimEnd().split("\n").slice(-25).join("\n")}`);
}

/** This machine's environment without what would build other programs than go.mod, go.sum and our flags say. */
function goEnvironment(): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, GOEXPERIMENT: _experiment, ...env } = process.env;
  return { ...env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "-mod=readonly -buildvcs=false" };
}
