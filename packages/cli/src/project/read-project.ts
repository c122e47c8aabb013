import { SCOPES, type Scope } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { type PathPattern, parsePathPattern } from "../paths/path-pattern.ts";
import { decodeText } from "../text.ts";
import { DEFAULT_OUTPUT, DEFAULT_SEAL } from "./defaults.ts";
import type { Project, ProjectCertificate, ProjectCluster, Rule } from "./project.ts";
import { type Field, YamlFields } from "./yaml-fields.ts";

const VERSION = 1;
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;
const NAMESPACE = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** It takes a name before the extension, in the input's own folder or in one below it. */
const OUTPUT = /^(?!\/)[^\\]*\{name\}[^/\\]*$/;

/**
 * Reads a `.sealwright.yaml`.
 *
 * @param path as messages show it
 * @param folder the file's own, absolute
 * @throws CommandError `manifest_encoding`; `project` with `project_syntax`, `project_field_unknown`, `project_field_invalid`
 */
export function readProject(bytes: Uint8Array, path: string, folder: string): Project {
  const text = decodeText(bytes);
  if (text === null) throw new CommandError({ code: "manifest_encoding", source: path });
  const yaml = new YamlFields(text, path);
  const fields = yaml.fieldsOf(yaml.root, ["version", "certificates", "rules", "ignore"]);
  const version = fields.get("version");
  if (version === undefined) throw yaml.invalid({ ...yaml.root, name: "version" }, `there: it is ${VERSION}`);
  if (yaml.numberOf(version) !== VERSION) throw yaml.invalid(version, `${VERSION}, the only one there is`);
  const certificates = new Map(
    [...(optional(fields.get("certificates"), (field) => yaml.entriesOf(field)) ?? [])].map(([name, field]) => {
      return [name, readCertificate(name, field, yaml)];
    }),
  );
  return {
    path,
    folder,
    certificates,
    rules: (optional(fields.get("rules"), (field) => yaml.listOf(field)) ?? []).map((field) => {
      return readRule(field, certificates, yaml);
    }),
    ignore: optional(fields.get("ignore"), (field) => readPatterns(field, yaml)) ?? [],
  };
}

/** Reads the file at a path. @throws CommandError as `readProject` does, and `file_unreadable` */
export async function loadProject(path: string, folder: string, io: Io): Promise<Project> {
  return readProject(await io.files.read(path), path, folder);
}

function readCertificate(name: string, field: Field, yaml: YamlFields): ProjectCertificate {
  const known = ["file", "url", "cluster", "fingerprint", "previous", "retired"];
  const fields = yaml.fieldsOf(field, known);
  const text = (key: string) => optional(fields.get(key), (each) => yaml.textOf(each));
  const fingerprints = (key: string) =>
    optional(fields.get(key), (each) => yaml.textsOf(each).map((one) => readFingerprint(one, yaml))) ?? [];
  const [file, url] = [text("file"), readUrl(fields.get("url"), yaml)];
  const cluster = optional(fields.get("cluster"), (each) => readCluster(each, yaml));
  const fingerprint = optional(fields.get("fingerprint"), (each) => readFingerprint(each, yaml));
  if (file === undefined && url === undefined && cluster === undefined) {
    throw yaml.invalid(field, "a mapping with file, url or cluster");
  }
  if (url !== undefined && cluster !== undefined) throw yaml.invalid(field, "a mapping with url or cluster, not both");
  return {
    name,
    line: field.line,
    ...(file === undefined ? {} : { file }),
    ...(url === undefined ? {} : { url }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    previous: fingerprints("previous"),
    retired: fingerprints("retired"),
  };
}

function readFingerprint(field: Field, yaml: YamlFields): string {
  const text = yaml.textOf(field);
  if (!FINGERPRINT.test(text))
    throw yaml.invalid(field, "a fingerprint such as sealwright cert show prints: SHA256:...");
  return text;
}

function readUrl(field: Field | undefined, yaml: YamlFields): string | undefined {
  if (field === undefined) return undefined;
  const text = yaml.textOf(field);
  if (!/^https?:\/\//i.test(text) || URL.parse(text) === null) throw yaml.invalid(field, "an http: or https: URL");
  return text;
}

function readCluster(field: Field, yaml: YamlFields): ProjectCluster {
  const fields = yaml.fieldsOf(field, ["context", "controller-name", "controller-namespace"]);
  const text = (key: string) => optional(fields.get(key), (each) => yaml.textOf(each));
  const [context, name, namespace] = [text("context"), text("controller-name"), text("controller-namespace")];
  return {
    ...(context === undefined ? {} : { context }),
    ...(name === undefined ? {} : { controllerName: name }),
    ...(namespace === undefined ? {} : { controllerNamespace: namespace }),
  };
}

function readRule(field: Field, certificates: Project["certificates"], yaml: YamlFields): Rule {
  const fields = yaml.fieldsOf(field, ["paths", "certificate", "namespace", "scope", "seal", "output"]);
  const patterns = (key: string) => optional(fields.get(key), (each) => readPatterns(each, yaml));
  const certificate = optional(fields.get("certificate"), (each) => readName(each, certificates, yaml));
  const namespace = optional(fields.get("namespace"), (each) => readNamespace(each, yaml));
  const scope = optional(fields.get("scope"), (each) => readScopeOf(each, yaml));
  return {
    line: field.line,
    paths: patterns("paths") ?? [],
    ...(certificate === undefined ? {} : { certificate }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(scope === undefined ? {} : { scope }),
    seal: patterns("seal") ?? DEFAULT_SEAL,
    output: optional(fields.get("output"), (each) => readOutput(each, yaml)) ?? DEFAULT_OUTPUT,
  };
}

function readPatterns(field: Field, yaml: YamlFields): readonly PathPattern[] {
  return yaml.textsOf(field).map((each) => {
    const pattern = parsePathPattern(yaml.textOf(each));
    if (pattern === null) throw yaml.invalid(each, "a pattern of paths below this file, such as apps/*/*.yaml");
    return pattern;
  });
}

function readName(field: Field, certificates: Project["certificates"], yaml: YamlFields): string {
  const name = yaml.textOf(field);
  const known = [...certificates.keys()].join(", ");
  if (!certificates.has(name))
    throw yaml.invalid(field, `the name of one of certificates: ${known || "there is none"}`);
  return name;
}

function readNamespace(field: Field, yaml: YamlFields): string {
  const text = yaml.textOf(field);
  if (!NAMESPACE.test(text)) throw yaml.invalid(field, "a namespace: lower case letters, digits and -");
  return text;
}

function readScopeOf(field: Field, yaml: YamlFields): Scope {
  const text = yaml.textOf(field);
  const scope = SCOPES.find((known) => known === text);
  if (scope === undefined) throw yaml.invalid(field, SCOPES.join(" or "));
  return scope;
}

function readOutput(field: Field, yaml: YamlFields): string {
  const text = yaml.textOf(field);
  if (!OUTPUT.test(text) || text.split("/").includes("..")) {
    throw yaml.invalid(field, "a name with {name} in it, such as sealed/{name}.{extension}");
  }
  return text;
}

function optional<T>(field: Field | undefined, read: (field: Field) => T): T | undefined {
  return field === undefined ? undefined : read(field);
}
