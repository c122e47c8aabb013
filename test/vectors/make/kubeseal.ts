import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest, SealedSecretManifest, Source, TestKey } from "../vector-files.ts";
import { run, tryRun } from "./run.ts";

export type Opened =
  | { readonly refused: false; readonly secret: Manifest }
  | { readonly refused: true; readonly says: string };

/** The Go project's command line, offline. */
export class Kubeseal {
  readonly #program: string;
  readonly #folder: string;

  /** @param folder for the certificates and keys that it reads */
  constructor(program: string, folder: string) {
    this.#program = program;
    this.#folder = folder;
  }

  seal(secret: object, key: TestKey, ...flags: string[]): SealedSecretManifest {
    const stdin = JSON.stringify(secret);
    return JSON.parse(run(this.#program, ["--cert", this.#file("cert.pem", key.certificate), ...flags], { stdin }));
  }

  /** One value, base64. */
  sealRaw(value: Uint8Array, key: TestKey, ...flags: string[]): string {
    const args = ["--raw", "--cert", this.#file("cert.pem", key.certificate), ...flags];
    return run(this.#program, args, { stdin: value }).trim();
  }

  open(sealedSecret: SealedSecretManifest, ...keys: TestKey[]): Opened {
    const files = keys.map(({ privateKey }, index) => this.#file(`key-${index}.pem`, privateKey));
    const args = ["--recovery-unseal", "--recovery-private-key", files.join(",")];
    const { code, stdout, stderr } = tryRun(this.#program, args, { stdin: JSON.stringify(sealedSecret) });
    return code === 0
      ? { refused: false, secret: portable(JSON.parse(stdout)) }
      : { refused: true, says: stderr.trim() };
  }

  source(...flags: string[]): Source {
    const version = run(this.#program, ["--version"]).trim().split(" ").at(-1) ?? "";
    return { program: "kubeseal", version, command: ["kubeseal", "--cert cert.pem", ...flags].join(" ") };
  }

  #file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}

interface GoSecret {
  readonly metadata: Manifest;
  readonly data?: Readonly<Record<string, string | null>>;
}

/** Without what only a controller can know, and with "" for the null that Go prints for an empty value. */
function portable(secret: GoSecret & Manifest): Manifest {
  const { ownerReferences: _owner, ...metadata } = secret.metadata;
  const data = Object.entries(secret.data ?? {}).map(([item, value]) => [item, value ?? ""]);
  return { ...secret, metadata, data: Object.fromEntries(data) };
}
