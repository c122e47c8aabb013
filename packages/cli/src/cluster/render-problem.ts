import type { ExitCodeName } from "../exit-codes.ts";
import { describeFault } from "../fault.ts";
import { where } from "../place.ts";
import type { ClusterProblem } from "./problem.ts";

/** What is wrong, what to do about it, and the class that it belongs to. */
export interface RenderedClusterProblem {
  readonly error: string;
  readonly hint?: string;
  readonly exit: ExitCodeName;
}

export function renderClusterProblem(problem: ClusterProblem): RenderedClusterProblem {
  switch (problem.code) {
    case "context_absent":
      return {
        error: "no cluster is named: there is no kubeconfig, or it has no current context",
        hint: "--kubeconfig or --context names one",
        exit: "kubeconfig",
      };
    case "unreachable":
      return {
        error: `${problem.server}: ${describeFault(problem.fault)}`,
        hint: "kubectl cluster-info shows whether the API server answers",
        exit: "unreachable",
      };
    case "not_kubernetes":
      return { error: "what answers at the kubeconfig's server is not a Kubernetes API server", exit: "unreachable" };
    case "not_authenticated":
      return {
        error: "the API server does not accept the kubeconfig's credentials",
        hint: "kubectl auth whoami shows whether they still hold",
        exit: "cluster",
      };
    case "not_allowed": {
      const place = problem.namespace === null ? "in all namespaces" : `in ${problem.namespace}`;
      const flag = problem.namespace === null ? "--all-namespaces" : `-n ${problem.namespace}`;
      return {
        error: `you may not ${problem.verb} ${problem.resource} ${place}`,
        hint: `kubectl auth can-i ${problem.verb} ${problem.resource} ${flag} asks for the right that is needed`,
        exit: "cluster",
      };
    }
    case "resource_unknown":
      return {
        error: `the cluster knows no ${problem.resource}`,
        hint: "is it the right cluster? If so, install the CRD: deploy/crd.yaml",
        exit: "cluster",
      };
    case "selector_invalid":
      return {
        error: `${JSON.stringify(problem.selector)} is no label selector`,
        hint: "such as app=shop, or 'tier in (web,db)'",
        exit: "usage",
      };
    case "status":
      return {
        error: `the API server answered HTTP ${problem.status} to ${problem.verb} ${problem.resource}`,
        exit: "cluster",
      };
    case "out_of_sync":
      return { error: `${problem.count} of ${counted(problem.of, "SealedSecret")} not in sync`, exit: "failure" };
    case "differs":
      return {
        error: `${problem.count} of ${counted(problem.of, "SealedSecret")} not as in the cluster`,
        exit: "failure",
      };
    case "nothing_to_compare":
      return { error: "there is no SealedSecret in these files", exit: "manifest" };
    case "name_absent":
      return { error: `${where(problem.place)}: metadata.name is missing`, exit: "manifest" };
    case "checks_failed":
      return {
        error: `${problem.count === 1 ? "1 check" : `${problem.count} checks`} failed`,
        hint: "what is above says how to mend each",
        exit: "failure",
      };
  }
}

/** `1 SealedSecret is`, `2 SealedSecrets are` */
function counted(count: number, noun: string): string {
  return count === 1 ? `${count} ${noun} is` : `${count} ${noun}s are`;
}
