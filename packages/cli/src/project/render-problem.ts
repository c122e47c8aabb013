import type { ExitCodeName } from "../exit-codes.ts";
import { where } from "../place.ts";
import { DEFAULT_SEAL_PATTERNS } from "./defaults.ts";
import type { ProjectProblem } from "./problem.ts";
import { PROJECT_FILE } from "./project.ts";

/** A problem in words, what to do about it, and the class that it belongs to. */
export interface RenderedProblem {
  readonly error: string;
  readonly hint?: string | undefined;
  readonly exit: ExitCodeName;
}

const SEE_FIELDS = "docs/project-file.md lists the fields";

export function renderProjectProblem(problem: ProjectProblem): RenderedProblem {
  switch (problem.code) {
    case "project_syntax":
      return {
        error: `${problem.path}, line ${problem.line}: this is not valid YAML`,
        hint: SEE_FIELDS,
        exit: "usage",
      };
    case "project_field_unknown":
      return {
        error: `${problem.path}, line ${problem.line}: there is no field ${problem.field}`,
        hint: problem.similar === null ? `it takes ${problem.known.join(", ")}` : `did you mean ${problem.similar}?`,
        exit: "usage",
      };
    case "project_field_invalid":
      return {
        error: `${problem.path}, line ${problem.line}: ${problem.field} must be ${problem.expected}`,
        hint: SEE_FIELDS,
        exit: "usage",
      };
    case "project_absent":
      return {
        error: `there is no ${PROJECT_FILE} here or in a folder above`,
        hint: "sealwright init writes one; with --cert FILE|URL none is needed",
        exit: "usage",
      };
    case "project_exists":
      return {
        error: `${problem.path} is there already`,
        hint: "change it in an editor, or delete it first",
        exit: "usage",
      };
    case "project_without_certificates":
      return { error: `${problem.path} names no certificates`, hint: SEE_FIELDS, exit: "usage" };
    case "certificate_name_unknown":
      return {
        error: `${problem.path} has no certificate ${JSON.stringify(problem.name)}`,
        hint: `it has ${problem.known.join(", ") || "none"}`,
        exit: "usage",
      };
    case "certificate_name_needed":
      return {
        error: `${problem.path} has more than one certificate`,
        hint: `name one of them: ${problem.known.join(", ")}`,
        exit: "usage",
      };
    case "certificate_without_file":
      return {
        error: `${problem.path} names no file in its folder to keep the certificate ${problem.name} in`,
        hint: "give it a file, or use -w FILE",
        exit: "usage",
      };
    case "certificate_without_origin":
      return {
        error: `${problem.path} names neither url nor cluster for the certificate ${problem.name}`,
        hint: "one of them says where a new one comes from",
        exit: "usage",
      };
    case "certificate_not_pinned":
      return {
        error: `${problem.source}: its fingerprint is ${problem.found}, where ${problem.path ?? "--fingerprint"} wants ${problem.wanted}`,
        hint: "ask whoever runs the cluster which is right; sealwright cert pin accepts the new one",
        exit: "certificate",
      };
    case "certificates_expiring":
      return {
        error: `${count(problem.count, "certificate")} not in order`,
        hint: "sealwright cert fetch gets the controller's present one",
        exit: "certificate",
      };
    case "duration_invalid":
      return { error: `${problem.flag} is no time`, hint: "it is such as 30d, 12h or 90m", exit: "usage" };

    case "rule_namespace":
      return {
        error: `${where(problem.place)}: metadata.namespace is ${problem.inManifest}, but ${problem.path} wants ${problem.wanted} here`,
        hint: "move the file to where its namespace belongs, or put one of the two right; -n overrules the project",
        exit: "manifest",
      };
    case "rule_scope":
      return {
        error: `${where(problem.place)}: its annotations say ${problem.inManifest}, but ${problem.path} wants ${problem.wanted} here`,
        hint: "put one of the two right; --scope overrules both",
        exit: "manifest",
      };

    case "pattern_malformed":
      return {
        error: `${problem.pattern}: brackets or braces are not closed`,
        hint: "a backslash before one takes it as a plain character",
        exit: "usage",
      };
    case "pattern_without_match":
      return {
        error: `${problem.pattern}: no file matches`,
        hint: "** stands for any number of folders",
        exit: "file",
      };
    case "tree_too_large":
      return {
        error: `${problem.folder} holds more files than a project has`,
        hint: `name the folders to look at, or have ${PROJECT_FILE} ignore some`,
        exit: "file",
      };
    case "nothing_to_seal":
      return {
        error: "no file there is one of Secrets to seal",
        hint: `in folders those are ${DEFAULT_SEAL_PATTERNS.join(", ")}, or what seal says in ${PROJECT_FILE}; others can be named`,
        exit: "file",
      };
    case "secret_absent":
      return { error: `${problem.source}: there is no Secret in it`, exit: "manifest" };
    case "outputs_contradict":
      return { error: "--write, --beside, --to and --in-place cannot be used together", exit: "usage" };
    case "remove_without_file":
      return {
        error: "--remove needs an output that is a file",
        hint: "--beside, --to FOLDER or --write FILE says which",
        exit: "usage",
      };
    case "output_of_stdin":
      return {
        error: "stdin has no name for an output beside it",
        hint: "--write FILE names the output",
        exit: "usage",
      };
    case "output_is_input":
      return {
        error: `${problem.path} is input and output`,
        hint: "--in-place replaces the plaintext with what is sealed",
        exit: "usage",
      };
    case "output_twice":
      return {
        error: `${problem.inputs[0]} and ${problem.inputs[1]} would both be sealed into ${problem.path}`,
        hint: "rename one of them, or seal them one by one with --write",
        exit: "usage",
      };
    case "output_not_ours":
      return {
        error: `${problem.path} is there already, and ${NOT_OURS[problem.why]}`,
        hint: "move it away, or name another output; --write FILE replaces any file",
        exit: "file",
      };
    case "findings":
      return { error: describeFindings(problem), exit: "failure" };
    case "question_unanswered":
      return {
        error: `${problem.question}: there was no answer`,
        hint: "flags say it, too: --help lists them",
        exit: "usage",
      };
  }
}

const NOT_OURS = {
  no_sealed_secret: "holds no SealedSecret",
  plaintext: "holds a Secret in plaintext",
  unreadable: "cannot be read as a manifest",
} as const;

function describeFindings({ errors, warnings, files }: Extract<ProjectProblem, { code: "findings" }>): string {
  const parts = [
    ...(errors > 0 ? [count(errors, "error")] : []),
    ...(warnings > 0 ? [count(warnings, "warning")] : []),
  ];
  return `${parts.join(" and ")} in ${count(files, "file")}`;
}

/** `1 file`, `2 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
