import { type IPty, spawn } from "@lydell/node-pty";
import { PROGRAMS } from "../script/program.ts";
import type { World } from "../script/world.ts";

const WAIT = 15_000;

export const ENTER = "\r";
export const BACKSPACE = "\x7f";
export const CTRL_C = "\x03";
export const CTRL_D = "\x04";

/** Text as a terminal sends it that marks pastes. */
export function pasted(text: string): string {
  return `\x1b[200~${text.replaceAll("\n", "\r")}\x1b[201~`;
}

/** A shell in a pseudo-terminal of its own, in which `sealwright` is run. */
export class PseudoTerminal {
  readonly #pty: IPty;
  #screen = "";
  #seen = 0;
  #wake: () => void = () => undefined;
  readonly exit: Promise<number>;

  /** @param script for the shell; `sealwright` is the program */
  constructor(world: World, script: string) {
    const program = `sealwright_command() { echo "${process.execPath}" "${PROGRAMS["sealwright"]}"; }
      sealwright() { $(sealwright_command) "$@"; }`;
    this.#pty = spawn("/bin/sh", ["-c", `${program}\n${script}`], {
      cols: 80,
      rows: 24,
      cwd: world.folder,
      env: {
        ...world.env,
        PATH: process.env["PATH"] ?? "",
        TERM: "xterm",
        NO_COLOR: "1",
        SEALED_SECRETS_CERT: "cert.pem",
      },
    });
    this.#pty.onData((data) => {
      this.#screen += data;
      this.#wake();
    });
    this.exit = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  /** All that was ever shown, with line feeds alone. */
  get screen(): string {
    return this.#screen.replaceAll("\r\n", "\n");
  }

  /** Types once the terminal shows a text, which must come after what was waited for before. */
  async at(text: string, typed: string | Buffer): Promise<void> {
    await this.shows(text);
    // It takes bytes, too, which its types do not say.
    const { write }: { write(typed: string | Buffer): void } = this.#pty;
    write.call(this.#pty, typed);
  }

  async shows(text: string): Promise<void> {
    const expired = AbortSignal.timeout(WAIT);
    for (;;) {
      const found = this.#screen.indexOf(text, this.#seen);
      if (found !== -1) {
        this.#seen = found + text.length;
        return;
      }
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        expired.onabort = () => reject(new Error(`waited for ${JSON.stringify(text)} in vain: ${this.screen}`));
      });
    }
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows);
  }

  close(): void {
    this.#pty.kill("SIGKILL");
  }
}
