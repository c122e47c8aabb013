import { equalJson } from "../json.ts";
import type { ResourceRules } from "../resource.ts";
import { invalidValue } from "./cause.ts";
import { pathSegment } from "./name-rules.ts";

/** Roles and ClusterRoles. */
export const roleRules: ResourceRules = {
  /** A role that allows nothing says so. */
  default(role) {
    role["rules"] ??= null;
  },
  checkName: pathSegment,
};

/** RoleBindings and ClusterRoleBindings: to bind another role is to make another binding. */
export const roleBindingRules: ResourceRules = {
  checkName: pathSegment,
  validateUpdate(binding, old) {
    if (equalJson(binding["roleRef"], old["roleRef"])) return [];
    return [invalidValue("roleRef", binding["roleRef"] ?? null, "cannot change roleRef")];
  },
};
