import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A Go module, and the programs that are built from it. */
export interface PeerModule {
  readonly name: string;
  readonly folder: string;
  /** File name (without the ending that Windows wants) and package of each program. */
  readonly programs: Readonly<Record<string, string>>;
  /** `-X` arguments for the linker. */
  readonly stamps: Readonly<Record<string, string>>;
  /** Folders outside the module's own whose Go source is built too, for go.mod points to them. */
  readonly replacements?: readonly string[];
}

/** The version of the Go project that Sealwright is compared with, as its programs print it. */
export const GO_PROJECT_VERSION = "v0.40.0";

/** Ordered by the time that a first build takes, shortest first. */
export const PEER_MODULES: readonly PeerModule[] = [
  {
    name: "stopwatch",
    folder: join(import.meta.dirname, "stopwatch"),
    programs: { stopwatch: "." },
    stamps: {},
  },
  {
    name: "yaml-oracle",
    folder: join(import.meta.dirname, "yaml-oracle"),
    programs: { "yaml-oracle": "." },
    stamps: {},
  },
  {
    name: "template-oracle",
    folder: join(import.meta.dirname, "template-oracle"),
    programs: { "template-oracle": "." },
    stamps: {},
    replacements: [join(import.meta.dirname, "../../packages/core/template-engine/render")],
  },
  {
    name: "etcd",
    folder: join(import.meta.dirname, "etcd"),
    programs: { etcd: "go.etcd.io/etcd/server/v3" },
    stamps: {},
  },
  {
    name: "core-bench",
    folder: join(import.meta.dirname, "core-bench"),
    programs: { "core-bench": "." },
    stamps: {},
  },
  {
    name: "sealed-secrets",
    folder: join(import.meta.dirname, "sealed-secrets"),
    programs: {
      kubeseal: "github.com/bitnami/sealed-secrets/cmd/kubeseal",
      controller: "github.com/bitnami/sealed-secrets/cmd/controller",
      "sealed-secrets-oracle": ".",
    },
    stamps: { "main.VERSION": GO_PROJECT_VERSION },
  },
  {
    name: "kubernetes",
    folder: join(import.meta.dirname, "kubernetes"),
    programs: {
      "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
      "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
      kubectl: "k8s.io/kubernetes/cmd/kubectl",
    },
    stamps: {
      "k8s.io/component-base/version.gitVersion": "v1.36.3",
      "k8s.io/component-base/version.gitMajor": "1",
      "k8s.io/component-base/version.gitMinor": "36",
    },
  },
];

/** The flags of `go build` for all programs of a module. */
export function buildFlags({ stamps }: PeerModule): readonly string[] {
  const variables = Object.entries(stamps).map(([name, value]) => `-X ${name}=${value}`);
  return ["-trimpath", "-ldflags", ["-s -w", ...variables].join(" ")];
}

/** Changes whenever the module's programs would, another Go aside. */
export function sourceHash(module: PeerModule): string {
  const hash = createHash("sha256").update(JSON.stringify([buildFlags(module), module.programs]));
  for (const folder of [module.folder, ...(module.replacements ?? [])]) {
    for (const name of sourcesIn(folder)) hash.update(`\n${name}\n`).update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /^go\.(mod|sum)$|\.go$/.test(name))
    .sort();
}

/** A program's file name on this platform. */
export function executable(program: string): string {
  return process.platform === "win32" ? `${program}.exe` : program;
}
