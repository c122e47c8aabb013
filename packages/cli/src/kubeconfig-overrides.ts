import type { Fields } from "./kubeconfig.ts";

/** What flags say in the place of a kubeconfig, by the names of its fields. Paths are absolute, and nothing is undefined. */
export interface KubeconfigOverrides {
  /** Names of entries, to use instead of the context's. */
  readonly clusterName: string | undefined;
  readonly userName: string | undefined;
  readonly cluster: Fields;
  readonly user: Fields;
}

/** The cluster as the flags want it: what contradicts them in the kubeconfig goes, as in kubectl. */
export function overrideCluster(cluster: Fields, overrides: Fields): Fields {
  const trust = ["certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify"];
  const changesTrust =
    overrides["certificate-authority"] !== undefined || overrides["insecure-skip-tls-verify"] === true;
  return { ...omit(cluster, [...(changesTrust ? trust : []), ...nameOfFormerServer(overrides)]), ...overrides };
}

/** The user as the flags want it. A token or a password takes the place of whatever else would be put into the same header. */
export function overrideUser(user: Fields, overrides: Fields): Fields {
  const header = ["token", "tokenFile", "username", "password", "exec", "auth-provider"];
  const changesHeader = overrides["token"] !== undefined || overrides["username"] !== undefined;
  const data = ["client-certificate", "client-key"].filter((name) => overrides[name] !== undefined);
  const dropped = [...(changesHeader ? header : []), ...data.map((name) => `${name}-data`)];
  return { ...omit(user, dropped), ...overrides };
}

/** A name to expect in the certificate of one server says nothing of another one. */
function nameOfFormerServer(overrides: Fields): readonly string[] {
  return overrides["server"] === undefined ? [] : ["tls-server-name"];
}

function omit(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
