import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "../vector-files.ts";
import { run, tryRun } from "./run.ts";

/** Keys and certificates of `openssl`, fingerprints of `ssh-keygen`. */
export class OpenSsl {
  readonly #folder: string;

  /** @param folder for the files that the programs insist on */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A PKCS#1 PEM. */
  rsaKey(bits: number, ...flags: string[]): string {
    return run("openssl", ["genrsa", "-traditional", ...flags, String(bits)]);
  }

  /** A self-signed certificate with a new key. */
  certificate(newKey: readonly string[]): { readonly source: Source; readonly certificate: string } {
    const args = ["req", "-x509", "-newkey", ...newKey, "-nodes", "-subj", "/CN=refused", "-days", "36500"];
    const certificate = run("openssl", [...args, "-keyout", join(this.#folder, "unused.pem")]);
    return { source: this.source(`openssl ${args.join(" ")}`), certificate };
  }

  /** The public half of a PKCS#1 PEM, as OpenSSH writes it and as `ssh-keygen -l` fingerprints it. */
  fingerprint(privateKey: string): { readonly openssh: string; readonly fingerprint: string } {
    const file = join(this.#folder, "key.pem");
    rmSync(file, { force: true });
    writeFileSync(file, privateKey, { mode: 0o600 });
    const openssh = run("ssh-keygen", ["-y", "-f", file]).trim();
    writeFileSync(`${file}.pub`, `${openssh}\n`);
    const [, fingerprint = ""] = run("ssh-keygen", ["-l", "-f", `${file}.pub`]).split(" ");
    return { openssh, fingerprint };
  }

  source(command: string): Source {
    const [, version = ""] = run("openssl", ["version"]).split(" ");
    return { program: "openssl", version, command };
  }

  sshKeygenSource(command: string): Source {
    const version = /OpenSSH_([^ ,]+)/.exec(tryRun("ssh", ["-V"]).stderr)?.[1] ?? "";
    return { program: "ssh-keygen", version, command };
  }
}
