import { type Cluster, type Fields, fieldsOf, textOf } from "../cluster/cluster.ts";
import { deploymentsIn } from "../cluster/resource.ts";
import { CommandError, type ControllerService } from "../failure.ts";
import { readDuration } from "../request-timeout.ts";
import { keyError } from "./age-file.ts";

/** How a controller makes its keys. */
export interface KeySettings {
  readonly prefix: string;
  readonly bits: number;
  /** Milliseconds for which a certificate is valid. */
  readonly validFor: number;
  readonly commonName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The controller's flags that say it, by their names, with the controller's own defaults. */
const DEFAULTS = {
  "key-prefix": "sealed-secrets-key",
  "key-size": "4096",
  "key-ttl": "87600h",
  "my-cn": "",
  "privatekey-labels": "",
  "privatekey-annotations": "",
};
type Setting = keyof typeof DEFAULTS;
const SETTINGS = Object.keys(DEFAULTS) as readonly Setting[];

/** What somebody says instead of the controller's Deployment. */
export type GivenSettings = Readonly<Partial<Record<Setting, string | undefined>>>;

/**
 * Asks the controller's Deployment, unless the arguments say all that matters. What cannot be known is not guessed.
 *
 * @throws CommandError `keys` with `settings_unknown`, `setting_invalid`; `cluster`
 */
export async function readKeySettings(
  cluster: Cluster,
  controller: ControllerService,
  given: GivenSettings,
): Promise<KeySettings> {
  const saysAll = (["key-prefix", "key-size", "key-ttl"] as const).every((name) => given[name] !== undefined);
  const declared = saysAll ? {} : await declaredSettings(cluster, controller);
  const from = (name: Setting) => (given[name] === undefined ? `of ${controller.name}` : "as it was given");
  const text = (name: Setting) => given[name] ?? declared[name] ?? DEFAULTS[name];
  const checked = <T>(name: Setting, read: (text: string) => T | null): T => {
    const value = read(text(name));
    if (value === null) throw keyError({ code: "setting_invalid", setting: `--${name}`, from: from(name) });
    return value;
  };
  return {
    prefix: checked("key-prefix", (value) => (/^[a-z0-9][-a-z0-9.]*$/.test(value) ? value : null)),
    bits: checked("key-size", readBits),
    validFor: checked("key-ttl", readDuration),
    commonName: text("my-cn"),
    labels: checked("privatekey-labels", readPairs),
    annotations: checked("privatekey-annotations", readPairs),
  };
}

async function declaredSettings(cluster: Cluster, controller: ControllerService): Promise<GivenSettings> {
  const unknown = (why: string) => keyError({ code: "settings_unknown", why, controller: controller.name });
  const deployment = await deploymentOf(cluster, controller, unknown);
  if (deployment === null) throw unknown(`there is no Deployment ${controller.namespace}/${controller.name}`);
  const template = fieldsOf(fieldsOf(fieldsOf(deployment["spec"])["template"])["spec"]);
  const containers = Array.isArray(template["containers"]) ? template["containers"].map(fieldsOf) : [];
  const container = containers.find(({ name }) => name === controller.name) ?? containers[0] ?? {};
  if (container["envFrom"] !== undefined) throw unknown("the Deployment takes its environment from somewhere else");
  const environment = readEnvironment(container);
  const hidden = SETTINGS.find((name) => environment.get(variableOf(name)) === null);
  if (hidden !== undefined) throw unknown(`the Deployment takes ${variableOf(hidden)} from somewhere else`);
  const flags = readFlags([...listOf(container["command"]), ...listOf(container["args"])]);
  const entries = SETTINGS.map((name) => [name, flags.get(name) ?? (environment.get(variableOf(name)) || undefined)]);
  return Object.fromEntries(entries) as GivenSettings;
}

async function deploymentOf(
  cluster: Cluster,
  { namespace, name }: ControllerService,
  unknown: (why: string) => CommandError,
): Promise<Fields | null> {
  try {
    return await cluster.get(deploymentsIn(namespace), name);
  } catch (error) {
    const failure = error instanceof CommandError ? error.failure : null;
    if (failure?.code !== "cluster" || failure.problem.code !== "not_allowed") throw error;
    throw unknown(`you may not get deployments in ${namespace}`);
  }
}

/** Variables by name; null where their value is somewhere else. */
function readEnvironment({ env }: Fields): ReadonlyMap<string, string | null> {
  const entries = (Array.isArray(env) ? env : []).map(fieldsOf);
  return new Map(
    entries.map(({ name, value, valueFrom }) => [textOf(name), valueFrom === undefined ? textOf(value) : null]),
  );
}

/** `--name=value` or `--name value`; the last one counts. */
function readFlags(args: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  for (const [index, argument] of args.entries()) {
    const [, name = "", value] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(argument) ?? [];
    if (name !== "") flags.set(name, value ?? args[index + 1] ?? "");
  }
  return flags;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function variableOf(setting: Setting): string {
  return `SEALED_SECRETS_${setting.toUpperCase().replaceAll("-", "_")}`;
}

function readBits(text: string): number | null {
  const bits = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return bits >= 2048 && bits <= 8192 && bits % 8 === 0 ? bits : null;
}

/** `k=v,k=v` */
function readPairs(text: string): Readonly<Record<string, string>> | null {
  const pairs = text === "" ? [] : text.split(",").map((pair) => /^([^=]+)=(.*)$/s.exec(pair));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1]?.trim() ?? "", pair?.[2] ?? ""]));
}
