import { printable } from "@sealwright/core";
import type { ExitCodeName } from "../exit-codes.ts";
import { count } from "../project/render-problem.ts";
import type { RecoveryProblem } from "./problem.ts";

/** A problem in words, what to do about it, and the class that it belongs to. */
export interface RenderedProblem {
  readonly error: string;
  readonly hint?: string;
  readonly exit: ExitCodeName;
}

const OTHER_FORMATS = "--output yaml and json hold everything";

export function renderRecoveryProblem(problem: RecoveryProblem): RenderedProblem {
  switch (problem.code) {
    case "keys_absent":
      return {
        error: "opening sealed values takes a private key",
        hint: "--key FILE takes PEM, or the Secrets of a backup; it may be repeated",
        exit: "usage",
      };
    case "inside_work_tree":
      return {
        error: `${problem.path} is in the Git work tree ${problem.workTree}, and what is opened is plaintext`,
        hint: "write it elsewhere; --force writes it all the same",
        exit: "usage",
      };
    case "not_an_environment_name":
      return {
        error: `${printable(problem.item)} cannot name a variable: letters, digits and _ can`,
        hint: OTHER_FORMATS,
        exit: "manifest",
      };
    case "not_an_environment_value":
      return {
        error: `the value of ${printable(problem.item)} is binary, or programs do not agree how a .env file holds it`,
        hint: OTHER_FORMATS,
        exit: "manifest",
      };
    case "environment_name_twice":
      return {
        error: `two Secrets have an item ${printable(problem.item)}, and a .env file can hold one`,
        hint: OTHER_FORMATS,
        exit: "manifest",
      };
    case "reseal_keys_absent":
      return {
        error: "resealing takes private keys, or the controller that has them",
        hint: "--key FILE takes PEM, or the Secrets of a backup; --through-controller asks the one in the cluster",
        exit: "usage",
      };
    case "reseal_failed":
      return { error: `${count(problem.failed, "file")} could not be resealed`, exit: "failure" };
    case "reseal_interrupted":
      return {
        error: `interrupted: ${problem.remaining} of ${count(problem.files, "file")} remain`,
        hint: "the same command goes on with them",
        exit: "interrupted",
      };
  }
}
