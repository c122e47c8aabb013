import type { ExitCodeName } from "../exit-codes.ts";
import type { OidcProblem } from "./problem.ts";

/** What is wrong, what to do about it, and the class that it belongs to. */
export interface RenderedOidcProblem {
  readonly error: string;
  readonly hint: string;
  readonly exit: ExitCodeName;
}

const LOG_IN = "log in again with what has written it into the kubeconfig";

export function renderOidcProblem(problem: OidcProblem): RenderedOidcProblem {
  const login = `the login of the context ${JSON.stringify(problem.context)}`;
  switch (problem.code) {
    case "login_incomplete":
      return {
        error: `${login} does not say whose it is`,
        hint: "its auth-provider needs idp-issuer-url and client-id",
        exit: "kubeconfig",
      };
    case "id_token_unreadable":
      return { error: `${login} has an id-token that is none`, hint: LOG_IN, exit: "kubeconfig" };
    case "login_ended":
      return { error: `${login} has ended, and has no refresh-token`, hint: LOG_IN, exit: "kubeconfig" };
    case "renewal_refused":
      return { error: `${login} has ended, and its issuer does not renew it`, hint: LOG_IN, exit: "kubeconfig" };
    case "issuer_unusable":
      return {
        error: `${login} has ended, and what answers at ${problem.url} does not renew it`,
        hint: LOG_IN,
        exit: "unreachable",
      };
  }
}
