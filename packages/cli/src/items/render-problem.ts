import type { ExitCodeName } from "../exit-codes.ts";
import { where } from "../place.ts";
import { similarName } from "../similar-name.ts";
import type { ItemProblem, Located } from "./problem.ts";

/** What is wrong, what to do about it, and the class that it belongs to. */
export interface RenderedItemProblem {
  readonly error: string;
  readonly hint?: string;
  readonly exit: ExitCodeName;
}

const SHOWN = 10;

export function renderItemProblem(problem: ItemProblem): RenderedItemProblem {
  switch (problem.code) {
    case "terminal_absent":
      return {
        error: `nobody can be asked for the value of ${problem.item}: there is no terminal`,
        hint: `${problem.item}=- reads it from stdin, --from-file ${problem.item}=FILE from a file, --generate ${problem.item} makes one up`,
        exit: "usage",
      };
    case "session_without_terminal":
      return {
        error: "sealwright edit is a session in a terminal, and there is none",
        hint: "sealwright set, rm and rename change items without one",
        exit: "usage",
      };
    case "answer_absent":
      return { error: `no value was given for ${problem.item}`, hint: "nothing was changed", exit: "manifest" };
    case "answer_lines":
      return {
        error: "more than one line was typed or pasted, and it cannot be told where the value ends",
        hint: "--from-file KEY=FILE takes values of many lines, and KEY=- from stdin",
        exit: "manifest",
      };
    case "answer_encoding":
      return { error: "what was typed is not UTF-8", hint: "--from-file KEY=FILE takes any bytes", exit: "manifest" };
    case "answers_differ":
      return { error: `the two values given for ${problem.item} are not the same`, exit: "manifest" };
    case "item_twice":
      return { error: `the item ${problem.item} is given twice`, exit: "usage" };
    case "stdin_twice":
      return { error: "stdin can be the value of one item only", exit: "usage" };
    case "stdin_taken":
      return {
        error: "stdin is the file already, and cannot be a value, too",
        hint: "--from-file KEY=FILE takes a value from a file, and KEY asks for it on the terminal",
        exit: "usage",
      };
    case "value_empty":
      return {
        error: `the value of ${problem.item} is empty`,
        hint: "--allow-empty seals it all the same",
        exit: "manifest",
      };
    case "generator_invalid":
      return {
        error: `--generate cannot make ${JSON.stringify(problem.text)}`,
        hint: "it takes KEY, KEY:LENGTH or KEY:LENGTH:CHARACTERS, with alphanumeric, letters, digits, hex, base64url or ascii",
        exit: "usage",
      };
    case "environment_file_line":
      return { error: `${problem.path}, line ${problem.line}: ${problem.why}`, exit: "manifest" };
    case "folder_empty":
      return {
        error: `${problem.path} holds no file`,
        hint: "what is in folders within it, and what is a link, is not taken",
        exit: "file",
      };
    case "folder_named":
      return {
        error: `${problem.path} is a folder, and ${problem.item} is one item`,
        hint: "of a generic Secret, --from-file FOLDER makes an item of each file in it",
        exit: "usage",
      };
    case "sealed_secret_absent":
      return {
        error: `${problem.source} holds no such SealedSecret`,
        hint: problem.found.length === 0 ? "there is none in it" : `it holds ${listed(problem.found)}`,
        exit: "manifest",
      };
    case "sealed_secret_ambiguous":
      return {
        error: `${problem.source} holds several SealedSecrets: ${listed(problem.found)}`,
        hint: "--name NAME or --name NAMESPACE/NAME takes one, and so does --document NUMBER",
        exit: "usage",
      };
    case "item_unknown":
      return {
        error: `${where(problem.place)}: there is no item ${problem.item}`,
        hint: itemHint(problem.item, problem.items),
        exit: "manifest",
      };
    case "not_rewritable":
      return {
        error: `${where(problem.place)}: this text has no place for the change, and was left as it is`,
        hint: "an anchor, an alias or a merge is in the way: write out what it stands for",
        exit: "manifest",
      };
    case "file_changed":
      return { error: `${problem.path} was changed by somebody else meanwhile, and was left as it is`, exit: "file" };
    case "file_exists":
      return {
        error: `${problem.path} exists`,
        hint: "sealwright set changes items of it; --force puts a new one in its place",
        exit: "file",
      };
    default:
      return renderTypeProblem(problem);
  }
}

type TypeProblem = Extract<ItemProblem, { code: `${"type" | "flag" | "tls"}_${string}` }>;

function renderTypeProblem(problem: TypeProblem): RenderedItemProblem {
  switch (problem.code) {
    case "type_unknown":
      return {
        error: `unknown type ${JSON.stringify(problem.type)}`,
        hint: "it is generic, tls, docker-registry, ssh-auth, basic-auth, or a Kubernetes type such as example.com/token",
        exit: "usage",
      };
    case "flag_of_other_type":
      return { error: `--${problem.flag} needs --type ${problem.type}`, exit: "usage" };
    case "flag_missing":
      return { error: `--type ${problem.type} needs --${problem.flag}`, exit: "usage" };
    case "tls_certificate_unreadable":
      return { error: `${problem.path} is not a PEM certificate`, exit: "manifest" };
    case "tls_key_unreadable":
      return { error: `${problem.path} is not a PEM private key without a passphrase`, exit: "manifest" };
    case "tls_key_mismatch":
      return {
        error: `the key in ${problem.key} does not belong to the certificate in ${problem.certificate}`,
        hint: "the certificate of the key comes first in the file, and those that signed it below",
        exit: "manifest",
      };
  }
}

function listed(found: readonly Located[]): string {
  const shown = found.slice(0, SHOWN).map(({ place, name, namespace }) => {
    const full = namespace === "" ? name : `${namespace}/${name}`;
    const item = place.item === undefined ? "" : `, item ${place.item}`;
    return `${full} (document ${place.document}${item})`;
  });
  return shown.join(", ") + more(found.length);
}

function itemHint(item: string, items: readonly string[]): string {
  const similar = similarName(item, items);
  if (similar !== null) return `did you mean ${similar}?`;
  return items.length === 0 ? "it has none" : `it has ${items.slice(0, SHOWN).join(", ")}${more(items.length)}`;
}

function more(count: number): string {
  return count > SHOWN ? ` and ${count - SHOWN} more` : "";
}
