import type { Scope } from "@sealwright/core";
import type { Finding } from "../findings/finding.ts";
import { count } from "../project/render-problem.ts";
import type { ExplainedKey, Explanation } from "./explanation.ts";
import type { LiveStatus } from "./live-status.ts";

type Paint = (severity: Finding["severity"]) => string;

/** For people. */
export function explanationAsText(explanation: Explanation, paint: Paint): string {
  const { source, document, name, namespace, scope, secret, findings, live } = explanation;
  const where = document > 1 ? ` (document ${document})` : "";
  const lines = [
    `${source}: SealedSecret ${namespace === "" ? name || "without a name" : `${namespace}/${name}`}${where}`,
    `  scope:   ${scope}: ${SCOPES[scope]}`,
    ...keyLines(explanation),
    ...whenLines(explanation),
    ...itemLines(explanation),
    `  becomes: a Secret of type ${secret.type}${secret.items.length === 0 ? "" : ` with ${secret.items.join(", ")}`}`,
    ...(live === null ? [] : liveLines(live)),
    ...findings.flatMap((finding) => findingLines(finding, paint)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

const SCOPES: Readonly<Record<Scope, string>> = {
  strict: "it opens under this name in this namespace alone",
  "namespace-wide": "it opens under any name in this namespace",
  "cluster-wide": "it opens under any name anywhere in its cluster",
};

function keyLines({ keys, items }: Explanation): readonly string[] {
  const unknown = items.filter(({ key }) => key === null).length;
  const lines = keys.map((key) => `  key:     ${describeKey(key)}`);
  if (unknown === 0) return lines;
  const whose = keys.length === 0 ? "" : ` of ${count(unknown, "item")}`;
  return [...lines, `  key:     nothing tells${whose}; --key FILE finds out, with the private keys`];
}

function describeKey({ id, fingerprint, by, retired }: ExplainedKey): string {
  const what = fingerprint ?? `SHA256:${id}...`;
  return `${what}${retired ? ", which is retired" : ""}, ${by === "hint" ? "as its hint says" : "which opens it"}`;
}

function whenLines({ keys, lastChange }: Explanation): readonly string[] {
  const made = keys.flatMap(({ notBefore }) => notBefore ?? []).sort();
  const parts = [
    ...(made[0] === undefined ? [] : [`after ${made[0].slice(0, 10)}, when its key was made`]),
    ...(lastChange === null ? [] : [`last changed in Git on ${lastChange.slice(0, 10)}`]),
  ];
  return parts.length === 0 ? [] : [`  sealed:  ${parts.join("; ")}`];
}

function itemLines({ items, keys }: Explanation): readonly string[] {
  const width = Math.max(0, ...items.map(({ name }) => name.length));
  return items.map(({ name, bytes, key }, index) => {
    const which = keys.length > 1 && key !== null ? `  SHA256:${key}...` : "";
    return `  ${index === 0 ? "items:  " : "        "} ${name.padEnd(width)}  ${count(bytes, "byte")}${which}`;
  });
}

function liveLines(live: LiveStatus): readonly string[] {
  if (live.state === "absent") return ["  cluster: it is not there; kubectl apply puts it there"];
  const { differs } = live;
  return [
    ...stateLines(live),
    ...(differs.length === 0 ? [] : [`           it is not what is in this file: ${differs.join(", ")}`]),
  ];
}

function stateLines({ state, reason, message, since, meaning }: Exclude<LiveStatus, { state: "absent" }>) {
  const when = since === null ? "" : ` since ${since.slice(0, 19)}Z`;
  if (state === "pending") return ["  cluster: no controller has looked at it as it is now"];
  if (state === "synced") return [`  cluster: its Secret is there${when}`];
  const said = [reason, message].filter((part) => part !== "").join(": ");
  return [
    `  cluster: refused${when}${said === "" ? "" : `: ${said}`}`,
    ...(meaning === null ? [] : [`           ${meaning.means}`]),
    ...(meaning?.advice == null ? [] : [`           hint: ${meaning.advice}`]),
  ];
}

function findingLines({ severity, item, message, code, advice }: Finding, paint: Paint): readonly string[] {
  const who = item === null ? "" : `item ${item}: `;
  return [`  ${paint(severity)}: ${who}${message} [${code}]`, `    hint: ${advice}`];
}
