import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** In the order in which they are looked for: the newer, the more packages it can run. */
const PYTHONS = ["python3.14", "python3.13", "python3.12", "python3"];
const MINOR_VERSION = "import sys, venv, ensurepip; print(sys.version_info.minor)";

export interface Python {
  readonly command: string;
  /** 12 is Python 3.12. */
  readonly minor: number;
}

/** Packages of PyPI in an environment of their own. */
export interface PythonPackages {
  /** Runs a program that a package brings, or Python itself. */
  readonly program: (name: string) => string;
  remove(): Promise<void>;
}

/** Null where there is no Python 3 with venv. */
export function findPython(): Python | null {
  for (const command of PYTHONS) {
    const { status, stdout } = spawnSync(command, ["-c", MINOR_VERSION], { encoding: "utf8" });
    if (status === 0) return { command, minor: Number(stdout) };
  }
  return null;
}

/** Throws what pip says where it cannot install them. */
export async function installPythonPackages(python: string, packages: readonly string[]): Promise<PythonPackages> {
  const folder = await mkdtemp(join(tmpdir(), "sealwright-python-"));
  const program = (name: string) => join(folder, process.platform === "win32" ? "Scripts" : "bin", name);
  const remove = () => rm(folder, { recursive: true, force: true });
  const quietly = ["--quiet", "--disable-pip-version-check", "--no-input"];
  const steps = [
    [python, "-m", "venv", folder],
    [program("python"), "-m", "pip", "install", ...quietly, ...packages],
  ] as const;
  for (const [command, ...parameters] of steps) {
    const { status, stderr } = spawnSync(command, parameters, { encoding: "utf8" });
    if (status === 0 && existsSync(folder)) continue;
    await remove();
    throw new Error(`${packages.join(", ")} cannot be installed: ${stderr}`);
  }
  return { program, remove };
}
