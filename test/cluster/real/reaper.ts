import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/**
 * A shell that reads the list of guarded processes line by line, the last line being the valid one. Its input ends when this
 * process does, however that happens, SIGKILL included: then it kills what is left and removes the folder. The second `rm` is
 * for a file that a dying process wrote during the first.
 */
const SCRIPT = `
while read -r line; do pids=$line; done
[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
rm -rf -- "$1" 2>/dev/null || { sleep 1; rm -rf -- "$1"; }
`;

/** Sees to it that processes and their folder never outlive this process. */
export class Reaper {
  readonly #shell: ChildProcess;
  readonly #guarded = new Set<number>();

  constructor(folder: string) {
    // Detached, so that a Ctrl-C in the terminal, which reaches the whole process group, leaves it alive to do its work.
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "reaper", folder], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#shell.unref();
    // Without the shell there is nobody to tell; what it was for still works as long as this process ends in order.
    this.#shell.stdin?.on("error", () => undefined);
  }

  guard(pid: number): void {
    this.#guarded.add(pid);
    this.#tell();
  }

  release(pid: number): void {
    this.#guarded.delete(pid);
    this.#tell();
  }

  /** Kills what is still guarded and removes the folder, now. */
  async close(): Promise<void> {
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    this.#shell.ref();
    const closed = once(this.#shell, "exit");
    this.#shell.stdin?.end();
    await closed;
  }

  #tell(): void {
    this.#shell.stdin?.write(`${[...this.#guarded].join(" ")}\n`);
  }
}
