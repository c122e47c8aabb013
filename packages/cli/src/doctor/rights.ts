import { type Cluster, fieldsOf } from "../cluster/cluster.ts";
import type { ControllerService } from "../failure.ts";
import { type Finding, ok, warning } from "./check.ts";

interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
  readonly name?: string;
  /** What cannot be done without it. */
  readonly for: string;
}

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** What the commands of this program need of the API server. */
function rightsFor({ namespace, name }: ControllerService, port: string): readonly Right[] {
  const service = { group: "", resource: "services", namespace };
  const proxy = { ...service, subresource: "proxy", name: `http:${name}:${port}` };
  const secrets = { group: "", resource: "secrets", namespace };
  const sealedSecrets = { group: "bitnami.com", resource: "sealedsecrets", namespace: "" };
  return [
    { ...service, verb: "get", name, for: "fetching the certificate" },
    { ...proxy, verb: "get", for: "fetching the certificate" },
    { ...proxy, verb: "create", for: "asking the controller whether something opens, and re-encryption" },
    { ...sealedSecrets, verb: "list", for: "status --all-namespaces and keys" },
    { ...secrets, verb: "list", for: "keys list, status and backup" },
    { ...secrets, verb: "create", for: "keys rotate and restore" },
    { ...secrets, verb: "patch", for: "keys retire" },
  ];
}

/** Asks the API server what the caller may do. A right that is missing is no fault: few people need all of them. */
export async function examineRights(
  cluster: Cluster,
  controller: ControllerService,
  port: string,
): Promise<readonly Finding[]> {
  const rights = rightsFor(controller, port);
  const answers = await Promise.all(rights.map((right) => isAllowed(cluster, right)));
  const missing = rights.filter((_, index) => answers[index] === false);
  const unasked = answers.filter((answer) => answer === null).length;
  if (unasked > 0) {
    return [warning("the API server does not say what you may do", "kubectl auth can-i --list shows what it knows")];
  }
  if (missing.length === 0) return [ok(`all ${rights.length} that the commands need`)];
  return missing.map((right) => {
    const { verb, group, resource, subresource, namespace, name } = right;
    const what = `${resource}${subresource === undefined ? "" : `/${subresource}`}${group === "" ? "" : `.${group}`}`;
    const where = namespace === "" ? "in all namespaces" : `in ${namespace}`;
    const named = name === undefined ? "" : ` (${name})`;
    return warning(
      `you may not ${verb} ${what}${named} ${where}`,
      `where you need ${right.for}, ask an administrator for a Role with it`,
    );
  });
}

/** Null where it does not say. */
async function isAllowed(cluster: Cluster, right: Right): Promise<boolean | null> {
  const { for: _, ...resourceAttributes } = right;
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes },
  };
  const { status, body } = await cluster.server.post(REVIEWS, JSON.stringify(review));
  if (status !== 201 && status !== 200) return null;
  try {
    const { allowed } = fieldsOf(fieldsOf(JSON.parse(new TextDecoder().decode(body)))["status"]);
    return typeof allowed === "boolean" ? allowed : null;
  } catch {
    return null;
  }
}
