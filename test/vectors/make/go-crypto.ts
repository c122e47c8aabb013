import { fileURLToPath } from "node:url";
import type { Source } from "../vector-files.ts";
import { run } from "./run.ts";

export interface CertificateRequest {
  readonly privateKey: string;
  readonly commonName: string;
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
}

/** All bytes are base64, as Go's JSON has them. */
export interface ValueRequest {
  readonly privateKey: string;
  readonly label: string;
  readonly value: string;
}

export interface GoCryptoAnswer {
  readonly certificates: readonly string[];
  readonly values: readonly { readonly sessionKey: string; readonly sealed: string }[];
}

/** Where `go` finds the version of the Go project that `test/peers` pins. */
export const MODULE = fileURLToPath(new URL("../../peers/sealed-secrets/", import.meta.url));
const PROGRAM = fileURLToPath(new URL("go-crypto.go", import.meta.url));

/** Runs `go-crypto.go` on the version of the Go project that `test/peers` pins. */
export function goCrypto(request: {
  readonly certificates?: readonly CertificateRequest[];
  readonly values?: readonly ValueRequest[];
}): GoCryptoAnswer {
  return JSON.parse(run("go", ["run", PROGRAM], { cwd: MODULE, stdin: JSON.stringify(request) }));
}

export function goCryptoSource(does: "HybridEncrypt" | "SignKeyWithNotBefore"): Source {
  return {
    program: `github.com/bitnami-labs/sealed-secrets/pkg/crypto, ${does}`,
    version: goModuleVersion(),
    command: "go run make/go-crypto.go",
  };
}

export function goModuleVersion(): string {
  const [, version = ""] = run("go", ["list", "-m", "github.com/bitnami/sealed-secrets"], { cwd: MODULE }).split(" ");
  return version;
}
