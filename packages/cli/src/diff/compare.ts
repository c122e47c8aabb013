import { HINTS_ANNOTATION, type Scope, type SealedSecret, scopeOf } from "@sealwright/core";

/** What a file has otherwise than the cluster: `added` where the cluster does not have it. Names and fields, never a value. */
export interface Difference {
  readonly change: "added" | "removed" | "changed";
  /** `item`, or where it stands: `spec.template.type`, `metadata.labels`. */
  readonly what: string;
  /** The item, label or annotation; null for a field. */
  readonly name: string | null;
  /** Of a scope. */
  readonly scopes?: { readonly inCluster: Scope; readonly inFile: Scope };
}

type Fields = Readonly<Record<string, unknown>>;

/** What others note on an object, or what another difference tells of. */
const IGNORED_ANNOTATIONS: readonly string[] = [
  HINTS_ANNOTATION,
  "kubectl.kubernetes.io/last-applied-configuration",
  "sealedsecrets.bitnami.com/namespace-wide",
  "sealedsecrets.bitnami.com/cluster-wide",
];

/** Compares what the file asks for. Labels and annotations that the cluster has beside are somebody else's. */
export function compare(inFile: SealedSecret, inCluster: SealedSecret): readonly Difference[] {
  return [
    ...compareItems(inFile, inCluster),
    ...compareScopes(inFile, inCluster),
    ...compareFields("spec", withoutItems(inFile), withoutItems(inCluster)),
    ...comparePresent("metadata.labels", inFile.metadata.labels, inCluster.metadata.labels),
    ...comparePresent("metadata.annotations", inFile.metadata.annotations, inCluster.metadata.annotations),
  ];
}

/** By their ciphertexts: a value that was sealed anew has another one, and may be the same. */
function compareItems({ spec: file }: SealedSecret, { spec: cluster }: SealedSecret): readonly Difference[] {
  return compareMaps("item", file.encryptedData, cluster.encryptedData);
}

function compareScopes(file: SealedSecret, cluster: SealedSecret): readonly Difference[] {
  const [inFile, inCluster] = [scopeOf(file.metadata.annotations), scopeOf(cluster.metadata.annotations)];
  if (inFile === inCluster) return [];
  return [{ change: "changed", what: "scope", name: null, scopes: { inFile, inCluster } }];
}

function withoutItems({ spec: { encryptedData: _, ...rest } }: SealedSecret): Fields {
  return rest;
}

/** Field by field; what is null or empty is not there, but for an item that a template leaves out by its null. */
function compareFields(path: string, file: Fields, cluster: Fields): readonly Difference[] {
  const isData = path === "spec.template.data";
  return namesOf(file, cluster).flatMap((name) => {
    const [a, b] = [fieldOf(file, name, isData), fieldOf(cluster, name, isData)];
    const here = `${path}.${name}`;
    if ((isFields(a) || a === undefined) && (isFields(b) || b === undefined)) {
      return compareFields(here, isFields(a) ? a : {}, isFields(b) ? b : {});
    }
    return difference(a, b, { what: isData ? path : here, name: isData ? name : null });
  });
}

function compareMaps(what: string, file: Fields, cluster: Fields): readonly Difference[] {
  return namesOf(file, cluster).flatMap((name) => {
    return difference(fieldOf(file, name, true), fieldOf(cluster, name, true), { what, name });
  });
}

function comparePresent(what: string, file: Fields = {}, cluster: Fields = {}): readonly Difference[] {
  const wanted = Object.keys(file).filter((name) => !IGNORED_ANNOTATIONS.includes(name));
  const pick = (from: Fields) => Object.fromEntries(wanted.map((name) => [name, fieldOf(from, name, true)]));
  return compareMaps(what, pick(file), pick(cluster));
}

function difference(a: unknown, b: unknown, place: Pick<Difference, "what" | "name">): readonly Difference[] {
  if (canonical(a) === canonical(b)) return [];
  return [{ change: b === undefined ? "added" : a === undefined ? "removed" : "changed", ...place }];
}

function namesOf(...objects: readonly Fields[]): readonly string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
}

function fieldOf(fields: Fields, name: string, keepsNull: boolean): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === null && !keepsNull) return undefined;
  return isFields(value) && Object.keys(value).length === 0 ? undefined : value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same text for the same value, in whatever order its fields stand. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    return isFields(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner;
  });
}
