import { setImmediate as turn } from "node:timers/promises";
import type { SealedSecretObject } from "./kubernetes/sealed-secrets.ts";

const NAME = "sealed_secrets_controller_condition_info";
const VALUES: Readonly<Record<string, number>> = { True: 1, Unknown: 0, False: -1 };
/** So many objects are told of before whatever else this thread has to do gets its turn. */
const BURST = 1_000;

/**
 * The `Synced` condition of each SealedSecret as a metric, in the text form that Prometheus reads, and no other condition: people's alerts
 * look at all that are there. Made from the objects when it is asked for, for a gauge of its own would hold every name once more.
 */
export async function conditionInfo(objects: Iterable<SealedSecretObject>): Promise<string> {
  const lines = [
    `# HELP ${NAME} The Synced condition of each SealedSecret: 1 is True, 0 Unknown, -1 False.`,
    `# TYPE ${NAME} gauge`,
  ];
  let seen = 0;
  for (const object of objects) {
    seen += 1;
    if (seen % BURST === 0) await turn();
    const synced = object.status?.conditions?.find(({ type }) => type === "Synced");
    if (synced !== undefined) lines.push(`${NAME}{${labelsOf(object)}} ${VALUES[synced.status] ?? 0}`);
  }
  return `${lines.join("\n")}\n`;
}

function labelsOf({ metadata }: SealedSecretObject): string {
  const instance = metadata.labels?.["app.kubernetes.io/instance"] ?? "";
  const labels = {
    namespace: metadata.namespace,
    name: metadata.name,
    condition: "Synced",
    ss_app_kubernetes_io_instance: instance,
  };
  return Object.entries(labels)
    .map(([label, value = ""]) => `${label}=${quoted(value)}`)
    .join(",");
}

function quoted(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
