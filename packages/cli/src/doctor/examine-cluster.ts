import { printable } from "@sealwright/core";
import { type Cluster, clusterError, type Fields, fieldsOf, textOf } from "../cluster/cluster.ts";
import { listStates } from "../cluster/follow-states.ts";
import { deploymentsIn, sealedSecretsIn } from "../cluster/resource.ts";
import { CommandError, type ControllerService } from "../failure.ts";
import { newestOf, readKeySecrets } from "../keys/key-secret.ts";
import { VERSION } from "../version.ts";
import { type Finding, failure, ok, warning } from "./check.ts";

const CRDS = {
  root: "/apis/apiextensions.k8s.io/v1",
  plural: "customresourcedefinitions",
  shown: "customresourcedefinitions",
  namespace: null,
};
const INSTALL_CRD = "kubectl apply -f deploy/crd.yaml installs it; is it the right cluster?";

/** @returns the API server's version. @throws CommandError */
export async function serverVersion(cluster: Cluster): Promise<string> {
  const version = await getJson(cluster, "/version");
  const { gitVersion } = version ?? {};
  if (typeof gitVersion !== "string") throw clusterError({ code: "not_kubernetes" });
  return printable(gitVersion);
}

export async function examineCrd(cluster: Cluster): Promise<Finding> {
  const discovered = await getJson(cluster, "/apis/bitnami.com/v1alpha1");
  const resources = Array.isArray(discovered?.["resources"]) ? discovered["resources"].map(fieldsOf) : [];
  const has = (name: string) => resources.some((resource) => resource["name"] === name);
  if (!has("sealedsecrets")) return failure("the cluster knows no SealedSecrets", INSTALL_CRD);
  if (!has("sealedsecrets/status")) return failure("SealedSecrets have no status in this cluster", INSTALL_CRD);
  const crd = await ifAllowed(() => cluster.get(CRDS, "sealedsecrets.bitnami.com"));
  if (crd === null || JSON.stringify(crd["spec"]).includes('"sealedWith"')) return ok("SealedSecrets are known");
  return warning(
    "SealedSecrets have no place for the keys that they need: another project's CRD is installed",
    "kubectl apply -f deploy/crd.yaml replaces it; keys list and keys status tell more then",
  );
}

export async function examineVersions(cluster: Cluster, controller: ControllerService): Promise<Finding> {
  const { namespace, name } = controller;
  const deployment = await ifAllowed(() => cluster.get(deploymentsIn(namespace), name));
  const template = fieldsOf(fieldsOf(fieldsOf(deployment?.["spec"])["template"])["spec"]);
  const containers = Array.isArray(template["containers"]) ? template["containers"].map(fieldsOf) : [];
  const images = containers.map(({ image }) => printable(textOf(image), 200)).filter((image) => image !== "");
  const which = images.length === 0 ? "the controller's is not known" : `controller ${images.join(", ")}`;
  return ok(`sealwright ${VERSION}, ${which}`);
}

/** @param served the fingerprint of the certificate that the controller serves; null where it is not known */
export async function examineKeys(
  cluster: Cluster,
  { namespace }: ControllerService,
  served: string | null,
): Promise<readonly Finding[] | null> {
  const keys = await ifAllowed(() => readKeySecrets(cluster, { namespace, prefix: "sealed-secrets-key" }));
  if (keys === null) return null;
  const newest = newestOf(keys);
  if (newest === null) {
    return [failure(`there is no active key in ${namespace}`, "a controller makes one when it starts: does it run?")];
  }
  const unusable = keys.filter(({ problem }) => problem !== null).map(({ name }) => printable(name));
  const isBehind = served !== null && served !== newest.certificate?.fingerprint;
  return [
    ok(`${keys.length} of them, ${keys.filter(({ active }) => active).length} active`),
    ...(unusable.length === 0
      ? []
      : [
          warning(
            `cannot be used: ${unusable.join(", ")}`,
            "sealwright keys list says why; delete them or restore them",
          ),
        ]),
    ...(isBehind
      ? [
          warning(
            `the controller does not seal to the newest, ${printable(newest.name)}`,
            `kubectl -n ${namespace} rollout restart the controller's Deployment, or wait where it is new`,
          ),
        ]
      : []),
  ];
}

/** @returns null where the caller may not look */
export async function examineSealedSecrets(cluster: Cluster): Promise<Finding | null> {
  const listed = await ifAllowed(() => listStates(cluster, sealedSecretsIn(null), ""));
  if (listed === null) return null;
  const states = [...listed.states.values()];
  const others = states.filter(({ sync }) => sync !== "synced").length;
  if (states.length === 0) return ok("there are none");
  if (others === 0) return ok(`all ${states.length} are in sync`);
  return warning(`${others} of ${states.length} are not in sync`, "sealwright status -A says which, and why");
}

async function getJson(cluster: Cluster, path: string): Promise<Fields | null> {
  const { status, body } = await cluster.server.get(path);
  if (status === 401) throw clusterError({ code: "not_authenticated" });
  if (status === 403) throw clusterError({ code: "not_allowed", verb: "get", resource: path, namespace: null });
  if (status !== 200) return null;
  try {
    return fieldsOf(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    throw clusterError({ code: "not_kubernetes" });
  }
}

async function ifAllowed<T>(action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    const found = error instanceof CommandError ? error.failure : null;
    if (found?.code === "cluster" && found.problem.code === "not_allowed") return null;
    throw error;
  }
}
