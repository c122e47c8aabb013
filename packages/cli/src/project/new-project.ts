import { DEFAULT_SEAL_PATTERNS } from "./defaults.ts";
import type { ProjectCluster } from "./project.ts";

/** What a first `.sealwright.yaml` says: one certificate and one rule. */
export interface NewProject {
  readonly certificate: {
    readonly name: string;
    readonly file: string;
    readonly url: string | null;
    readonly cluster: ProjectCluster | null;
    readonly fingerprint: string;
  };
  /** None: every path. */
  readonly paths: readonly string[];
  readonly namespace: string | null;
  readonly scope: string;
  /** None: what is usual. */
  readonly seal: readonly string[];
}

/** Its text, with a word on each part for whoever opens it first. */
export function newProjectText({ certificate, paths, namespace, scope, seal }: NewProject): string {
  const { name, file, url, cluster, fingerprint } = certificate;
  const lines = [
    "# How the Secrets of this folder, and of those below it, are sealed: see sealwright help seal.",
    "version: 1",
    "",
    "certificates:",
    `  ${scalar(name)}:`,
    `    file: ${scalar(file)}`,
    ...(url === null ? [] : [`    url: ${scalar(url)}`]),
    ...clusterLines(cluster),
    "    # No other key is sealed to. sealwright cert pin accepts another one.",
    `    fingerprint: ${fingerprint}`,
    "",
    "# The first rule whose paths match a file is the one for it.",
    "rules:",
    `  - paths: ${list(paths.length === 0 ? ["**"] : paths)}`,
    `    certificate: ${scalar(name)}`,
    ...(namespace === null ? [] : [`    namespace: ${scalar(namespace)}`]),
    `    scope: ${scope}`,
    "    # Which files of a folder are plaintext. Have .gitignore name them, too.",
    `    seal: ${list(seal.length === 0 ? DEFAULT_SEAL_PATTERNS : seal)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function clusterLines(cluster: ProjectCluster | null): readonly string[] {
  if (cluster === null) return [];
  const fields = [
    ["context", cluster.context],
    ["controller-name", cluster.controllerName],
    ["controller-namespace", cluster.controllerNamespace],
  ] as const;
  const said = fields.flatMap(([field, value]) => (value === undefined ? [] : [`      ${field}: ${scalar(value)}`]));
  return said.length === 0 ? ["    cluster: {}"] : ["    cluster:", ...said];
}

function list(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}

/** Plain where it can be taken for nothing else; JSON's strings are YAML's. */
function scalar(text: string): string {
  const isPlain = /^[a-z][\w./-]*$/i.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
