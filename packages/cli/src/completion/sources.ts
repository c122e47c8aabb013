import { SCOPES, SEALED_SECRET_KIND } from "@sealwright/core";
import type { Command } from "../command.ts";
import type { Io } from "../io.ts";
import { contextNames, findContext } from "../kubeconfig.ts";
import { readSources } from "../manifest.ts";
import { Projects } from "../project/find-project.ts";
import { SHELLS } from "./scripts.ts";

/** The files that the shell finds. */
export const FILES = "files";

/** Where the values for a flag or an operand come from. */
export type Source = typeof FILES | "contexts" | "namespaces" | "items" | "certificates" | readonly string[];

/** What of the command line there is to go by. */
export interface Asked {
  readonly operands: readonly string[];
  readonly values: ReadonlyMap<string, string>;
}

const TYPES = ["generic", "tls", "docker-registry", "ssh-auth", "basic-auth"];

/** By what stands for the value in the help. */
export function sourceOfFlag({ flags }: Command, name: string): Source {
  const { value = "", help = "" } = flags[name] ?? {};
  if (name === "context") return "contexts";
  if (value === "NAMESPACE") return "namespaces";
  if (value === "SCOPE") return SCOPES;
  if (value === "TYPE") return TYPES;
  if (value === "FORMAT") return formatsIn(help);
  return /FILE|FOLDER|PATH/.test(value) ? FILES : [];
}

/** Out of `yaml, json or env`. */
function formatsIn(help: string): readonly string[] {
  return /[a-z]+(?:, [a-z]+)* or [a-z]+/.exec(help)?.[0].split(/, | or /) ?? [];
}

/** By the operand's place: `FILE KEY` is a file and then items of it, as many as there are. */
export function sourceOfOperand({ name: command, operand }: Command, index: number): Source {
  const words = operand?.name.split(" ") ?? [];
  const word = words[Math.min(index, words.length - 1)];
  switch (word) {
    case "FILE":
    case "PATH":
      return FILES;
    case "KEY":
    case "OLD":
      return words[0] === "FILE" ? "items" : [];
    case "SHELL":
      return SHELLS;
    case "NAME":
      return command.startsWith("cert ") ? "certificates" : [];
    default:
      return [];
  }
}

/** None where they cannot be found out: whoever is typing must not be interrupted. */
export async function valuesOf(source: Exclude<Source, "files">, asked: Asked, io: Io): Promise<readonly string[]> {
  try {
    return typeof source === "string" ? await found(source, asked, io) : source;
  } catch {
    return [];
  }
}

async function found(source: Extract<Source, string>, { operands, values }: Asked, io: Io): Promise<readonly string[]> {
  switch (source) {
    case "contexts":
      return contextNames(values.get("kubeconfig"), io);
    case "namespaces":
      return namespaces({ kubeconfig: values.get("kubeconfig"), context: values.get("context") }, io);
    case "items":
      return items(operands[0], operands.slice(1), io);
    case "certificates":
      return [...((await new Projects(io).in(io.files.resolve(".")))?.certificates.keys() ?? [])];
    case "files":
      return [];
  }
}

/** Milliseconds: a person waits. */
const PATIENCE = 1_500;
const MOST = 500;

/** Those of the kubeconfig's contexts, and those of the cluster, if it answers soon. */
async function namespaces(request: Parameters<typeof findContext>[0], io: Io): Promise<readonly string[]> {
  const context = await findContext(request, io);
  if (context === null) return [];
  const own = context.namespace === undefined ? [] : [context.namespace];
  try {
    const { connect } = await import("../api-server.ts");
    const server = await connect(context, io, PATIENCE);
    try {
      const { status, body } = await server.get(`/api/v1/namespaces?limit=${MOST}`);
      return status === 200 ? [...new Set([...own, ...namesIn(body)])] : own;
    } finally {
      await server.close();
    }
  } catch {
    return own;
  }
}

function namesIn(body: Uint8Array): readonly string[] {
  const { items = [] } = JSON.parse(new TextDecoder().decode(body)) as {
    readonly items?: readonly { readonly metadata?: { readonly name?: unknown } }[];
  };
  return items.map(({ metadata }) => String(metadata?.name ?? ""));
}

/** The items of all SealedSecrets of a file, without those that are named already. */
async function items(path: string | undefined, named: readonly string[], io: Io): Promise<readonly string[]> {
  if (path === undefined) return [];
  const manifests = await readSources([path], io);
  const names = manifests.flatMap(({ value }) => {
    const { kind, spec } = (value ?? {}) as { readonly kind?: unknown; readonly spec?: { encryptedData?: object } };
    return kind === SEALED_SECRET_KIND ? Object.keys(spec?.encryptedData ?? {}) : [];
  });
  return [...new Set(names)].filter((name) => !named.includes(name));
}
