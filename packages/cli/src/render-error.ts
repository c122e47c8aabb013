import { type Problem, SealwrightError } from "@sealwright/core";
import { renderClusterProblem } from "./cluster/render-problem.ts";
import { ExitCode, type ExitCodeName } from "./exit-codes.ts";
import { CommandError, type ControllerService, type Failure } from "./failure.ts";
import { describeFault } from "./fault.ts";
import { renderItemProblem } from "./items/render-problem.ts";
import { renderKeyProblem } from "./keys/render-problem.ts";
import { renderOidcProblem } from "./oidc/render-problem.ts";
import { where } from "./place.ts";
import { adviceFor } from "./problem-advice.ts";
import { renderProjectProblem } from "./project/render-problem.ts";
import { renderRecoveryProblem } from "./recovery/render-problem.ts";

/** An error in the words and the number that the terminal sees. */
export interface RenderedError {
  /** Lines of stderr; empty where nothing went wrong. */
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** What is wrong and where, what to do about it, and the class that it belongs to. */
interface Rendering {
  readonly error: string;
  readonly hint?: string | undefined;
  readonly exit: ExitCodeName;
}

const OFFLINE = "with --cert FILE|URL no cluster is needed";

/** The one place where an error becomes words and an exit code. Only errors that are known to hold no value are quoted. */
export function renderError(error: unknown, program: "sealwright" | "kubeseal"): RenderedError {
  const failure = error instanceof CommandError ? error.failure : null;
  if (failure?.code === "output_closed") return { text: "", exitCode: ExitCode.ok };
  if (failure?.code === "usage_printed") return { text: "", exitCode: ExitCode.usage };
  if (failure?.code === "interrupted") return { text: "", exitCode: ExitCode.interrupted };
  const { error: sentence, hint, exit } = renderingOf(error, failure);
  const lines = [`error: ${sentence}`, ...(hint === undefined ? [] : [`hint: ${hint}`])];
  const exitCode = program === "kubeseal" ? ExitCode.failure : ExitCode[exit];
  return { text: lines.map((line) => `${printable(line)}\n`).join(""), exitCode };
}

/** An error in a sentence, and what to do about it, for a report that goes on. */
export function explainError(error: unknown): { readonly error: string; readonly hint: string | null } {
  const { error: sentence, hint } = renderingOf(error, error instanceof CommandError ? error.failure : null);
  return { error: printable(sentence), hint: hint === undefined ? null : printable(hint) };
}

function renderingOf(error: unknown, failure: Failure | null): Rendering {
  if (failure !== null && !isSilent(failure)) return renderFailure(failure);
  if (error instanceof SealwrightError) return { error: error.message, ...adviceFor(error.problem) };
  return {
    error: `this should not have happened (${error instanceof Error ? error.name : typeof error})`,
    hint: "it is a mistake in this program: please report what you ran",
    exit: "failure",
  };
}

/** Nobody is there to be told, or everything has been said. */
type SilentFailure = Extract<Failure, { code: "output_closed" | "usage_printed" | "interrupted" }>;

function isSilent(failure: Failure): failure is SilentFailure {
  return failure.code === "output_closed" || failure.code === "usage_printed" || failure.code === "interrupted";
}

function renderFailure(failure: Exclude<Failure, SilentFailure>): Rendering {
  switch (failure.code) {
    case "usage":
      return { error: failure.message, hint: failure.hint, exit: "usage" };
    case "unknown_format":
      return {
        error: `unknown output format ${JSON.stringify(failure.found)}`,
        hint: "it is yaml or json",
        exit: "usage",
      };
    case "operand_unexpected":
      return {
        error: "an argument is no flag",
        hint: "the input comes from stdin, or from -f FILE; a switch takes its value as in --raw=false",
        exit: "usage",
      };
    case "from_file_without_raw":
      return { error: "--from-file needs --raw", hint: "-f FILE reads a manifest", exit: "usage" };
    case "raw_values_many":
      return { error: "--raw seals one value, and --from-file names more", exit: "usage" };
    case "raw_input_ignored":
      return {
        error: "--raw does not read -f",
        hint: "the value comes from stdin, or from --from-file FILE",
        exit: "usage",
      };
    case "raw_flag_missing":
      return { error: `--raw with the scope ${failure.scope} needs ${failure.flag}`, exit: "usage" };
    case "raw_value_empty":
      return {
        error: "the value is empty",
        hint: "--allow-empty-data seals it all the same",
        exit: "manifest",
      };
    case "output_without_use":
      return {
        error: `${failure.mode} writes nothing into the file of -w`,
        hint: "leave out -w, and SEALED_SECRETS_SEALED_SECRET_FILE",
        exit: "usage",
      };
    case "impersonation_incomplete":
      return { error: "--as-group and --as-uid need --as", exit: "usage" };
    case "request_timeout_invalid":
      return { error: "--request-timeout is no time", hint: "it is seconds, or such as 30s, 2m, 1h", exit: "usage" };

    case "manifest_encoding":
      return { error: `${failure.source} is not UTF-8`, hint: TO_UTF8, exit: "manifest" };
    case "manifest_syntax":
      return { error: `${failure.source}, ${failure.error.message}`, exit: "manifest" };
    case "manifest_absent":
      return { error: `${failure.source}: there is no manifest in it`, exit: "manifest" };
    case "manifest_refused": {
      const { hint } = adviceFor(failure.problem);
      return { error: `${where(failure.place)}: ${wordsOf(failure)}`, hint, exit: "manifest" };
    }
    case "manifest_not_one":
      return {
        error: `${failure.source} holds ${failure.found} objects, where --merge-into takes one`,
        exit: "manifest",
      };
    case "scope_conflict":
      return {
        error: `${where(failure.place)}: the scope ${failure.asked} was asked for, but the file to merge into has ${failure.inTarget}`,
        hint: "items of one SealedSecret have one scope; seal all of them anew to change it",
        exit: "manifest",
      };
    case "recovery_key_absent":
      return {
        error: "--recovery-unseal needs a private key",
        hint: "--recovery-private-key FILE takes PEM, or the Secrets of a backup",
        exit: "usage",
      };
    case "private_key_refused": {
      const at = failure.place === null ? failure.source : where(failure.place);
      return { error: `${at}: ${wordsOf(failure)}`, exit: "manifest" };
    }
    case "not_decryptable":
      return { error: `unable to decrypt sealed secret: ${failure.name}`, exit: "cluster" };
    case "answer_refused":
      return {
        error: `${where(failure.place)}: the controller's answer is not the SealedSecret ${failure.name} with new ciphertexts`,
        ...(failure.hasTemplates ? { hint: RENDERED } : {}),
        exit: "cluster",
      };
    case "namespace_conflict":
      return {
        error: `${where(failure.place)}: metadata.namespace is ${failure.inManifest}, but ${failure.asked} was asked for`,
        hint: "leave out -n, and SEALED_SECRETS_NAMESPACE, to seal it for its own namespace",
        exit: "manifest",
      };

    case "certificate_refused": {
      // Of the controller's own certificate nobody here can get a better one.
      const { hint } = failure.fromController ? {} : adviceFor(failure.problem);
      return { error: `${failure.source}: ${wordsOf(failure)}`, hint, exit: "certificate" };
    }
    case "certificate_location":
      return {
        error: `a certificate cannot come from this kind of URL: ${failure.scheme}:`,
        hint: "--cert takes a path, or a file:, http: or https: URL",
        exit: "usage",
      };
    case "download_failed":
      return { error: `${failure.url}: ${describeFault(failure.fault)}`, exit: "unreachable" };
    case "download_status":
      return { error: `${failure.url}: the server answered HTTP ${failure.status}`, exit: "unreachable" };

    case "kubeconfig_absent":
      return {
        error: "no cluster to ask for the certificate: there is no kubeconfig, or it has no current context",
        hint: `name one with --kubeconfig or --context; ${OFFLINE}`,
        exit: "kubeconfig",
      };
    case "kubeconfig_invalid":
      return { error: `${failure.path} is not a kubeconfig: ${failure.reason}`, exit: "kubeconfig" };
    case "context_unknown":
      return {
        error: `the kubeconfig has no context ${JSON.stringify(failure.context)}`,
        hint: "kubectl config get-contexts lists them",
        exit: "kubeconfig",
      };
    case "kubeconfig_entry_unknown":
      return {
        error: `the kubeconfig has no ${failure.kind} ${JSON.stringify(failure.name)}`,
        hint: `kubectl config get-${failure.kind}s lists them`,
        exit: "kubeconfig",
      };
    case "context_incomplete":
      return {
        error: `the context ${JSON.stringify(failure.context)} names no cluster with a server's URL`,
        hint: "kubectl config view shows what is there",
        exit: "kubeconfig",
      };
    case "credentials_failed":
      return {
        error: `the credentials of the context ${JSON.stringify(failure.context)} cannot be loaded`,
        hint: "kubectl auth whoami shows why",
        exit: "kubeconfig",
      };
    case "auth_provider_removed":
      return {
        error: `the context ${JSON.stringify(failure.context)} has credentials by auth-provider ${failure.provider}, which Kubernetes has removed`,
        hint: RENEWED_BY[failure.provider] ?? "an exec plugin of the kubeconfig takes its place",
        exit: "kubeconfig",
      };
    case "proxy_invalid":
      return {
        error: "the URL of the proxy on the way to the API server is none of http, https or socks5",
        hint: "--proxy-url, proxy-url in the kubeconfig or HTTPS_PROXY says which proxy it is",
        exit: "kubeconfig",
      };

    case "cluster_unreachable":
      return { error: `${failure.server}: ${describeFault(failure.fault)}`, hint: OFFLINE, exit: "unreachable" };
    case "cluster_unreadable":
      return {
        error: "what answers at the kubeconfig's server is not a Kubernetes API server",
        hint: OFFLINE,
        exit: "unreachable",
      };
    case "cluster_refused":
      return renderRefusal(failure);
    case "service_absent":
      return {
        error: `there is no Service ${nameOf(failure.service)} in the cluster`,
        hint: "--controller-name and --controller-namespace say where the controller is",
        exit: "cluster",
      };
    case "service_unavailable":
      return {
        error: `the Service ${nameOf(failure.service)} has no Pod that answers`,
        hint: `kubectl -n ${failure.service.namespace} get pods shows whether the controller runs; ${OFFLINE}`,
        exit: "cluster",
      };
    case "service_status":
      return {
        error: `the Service ${nameOf(failure.service)} answered HTTP ${failure.status}`,
        hint: "--controller-name and --controller-namespace say where the controller is",
        exit: "cluster",
      };

    case "items":
      return renderItemProblem(failure.problem);
    case "project":
      return renderProjectProblem(failure.problem);
    case "cluster":
      return renderClusterProblem(failure.problem);
    case "keys":
      return renderKeyProblem(failure.problem);
    case "oidc":
      return renderOidcProblem(failure.problem);
    case "recovery":
      return renderRecoveryProblem(failure.problem);

    case "file_unreadable":
      return { error: `${failure.path} cannot be read: ${describeFault(failure.fault)}`, exit: "file" };
    case "file_unwritable":
      return { error: `${failure.path} cannot be written: ${describeFault(failure.fault)}`, exit: "file" };
    case "output_failed":
      return { error: `stdout cannot be written: ${describeFault(failure.fault)}`, exit: "file" };
  }
}

/** What makes credentials of the kind that there is now. */
const RENEWED_BY: Readonly<Record<string, string>> = {
  gcp: "gcloud container clusters get-credentials CLUSTER writes them anew, for gke-gcloud-auth-plugin",
  azure: "kubelogin convert-kubeconfig writes them anew",
};

const RENDERED =
  "the Go controller seals what the object's templates make of its items; sealwright reseal --key leaves templates alone";

const TO_UTF8 = "UTF-16 is read, too; in PowerShell, Out-File -Encoding utf8 writes UTF-8; elsewhere, iconv converts";

function wordsOf({ problem }: { readonly problem: Problem }): string {
  return new SealwrightError(problem).message;
}

function renderRefusal({ status, service, verb }: Extract<Failure, { code: "cluster_refused" }>): Rendering {
  if (status === 401) {
    return {
      error: "the API server does not accept the kubeconfig's credentials",
      hint: `kubectl auth whoami shows whether they still hold; ${OFFLINE}`,
      exit: "cluster",
    };
  }
  return {
    error: `you may not reach the Service ${nameOf(service)}`,
    hint: `it needs get on services and ${verb === "get" ? "" : `${verb} `}on services/proxy in ${service.namespace}; ${OFFLINE}`,
    exit: "cluster",
  };
}

function nameOf({ namespace, name }: ControllerService): string {
  return `${namespace}/${name}`;
}

/** Names come from outside, and a terminal obeys control characters. */
function printable(line: string): string {
  return line.replace(/\p{C}/gu, "?");
}
