import type { Manifest } from "../cluster/apply-manifests.ts";
import type { AuditEvent } from "../cluster/real/audit-log.ts";

interface RoleManifest extends Manifest {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

interface BindingManifest extends Manifest {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

const DECISION = "authorization.k8s.io/decision";
const REASON = "authorization.k8s.io/reason";

/** All that manifests let a ServiceAccount do, one line for each binding, verb and resource. */
export function grantedRights(manifests: readonly Manifest[], account: string): ReadonlySet<string> {
  const roles = manifests.filter(({ kind }) => kind.endsWith("Role")) as RoleManifest[];
  const bindings = manifests.filter(({ kind }) => kind.endsWith("RoleBinding")) as BindingManifest[];
  const ours = bindings.filter(({ subjects }) =>
    subjects.some(({ kind, name, namespace }) => kind === "ServiceAccount" && `${namespace}:${name}` === account),
  );
  return new Set(
    ours.flatMap((binding) => {
      const role = roles.find(
        ({ kind, metadata }) =>
          kind === binding.roleRef.kind &&
          metadata.name === binding.roleRef.name &&
          (kind === "ClusterRole" || metadata.namespace === binding.metadata.namespace),
      );
      return (role?.rules ?? []).flatMap((rule) => rightsOf(rule).map((right) => `${titleOf(binding)}: ${right}`));
    }),
  );
}

function rightsOf({ apiGroups, resources, verbs, resourceNames = [""] }: RoleManifest["rules"][number]): string[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => resourceNames.map((name) => `${verb} ${group}/${resource} ${name}`.trim())),
    ),
  );
}

function titleOf({ kind, metadata: { namespace, name } }: Manifest): string {
  return kind === "ClusterRoleBinding" ? `${kind} ${name}` : `${kind} ${name}/${namespace}`;
}

/** What was asked for and allowed, in the same words; a name only where the right has one. */
export function usedRights(events: readonly AuditEvent[], granted: ReadonlySet<string>): ReadonlySet<string> {
  const used = events.map((event) => {
    const { apiGroup = "", resource = "", subresource, name = "" } = event.objectRef ?? {};
    const [, kind, binding] = /allowed by (\w+) "([^"]+)"/.exec(event.annotations?.[REASON] ?? "") ?? [];
    const right = `${kind} ${binding}: ${event.verb} ${apiGroup}/${[resource, subresource].filter(Boolean).join("/")}`;
    const named = `${right} ${name}`;
    return granted.has(named) ? named : right;
  });
  return new Set(used);
}

/** What was asked for and refused. */
export function refusals(events: readonly AuditEvent[]): readonly string[] {
  return events
    .filter(({ annotations }) => annotations?.[DECISION] !== "allow")
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
}
