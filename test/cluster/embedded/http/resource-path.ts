/** What a URL names below a group and version. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Null where the URL names none. */
  readonly namespace: string | null;
  readonly name: string | null;
  readonly subresource: string | null;
  /** What follows the subresource, undecoded, with its slash; empty where nothing does. */
  readonly rest: string;
}

/** Subresources of namespaces, which in their place are not resources inside a namespace. */
const OF_NAMESPACES = ["status", "finalize"];

/** Reads `/api/v1/...` and `/apis/GROUP/VERSION/...`; null for any other path, and for one that ends at the version. */
export function parseResourcePath(path: string): ResourcePath | null {
  const [, root, ...segments] = path.split("/");
  const groupVersion =
    root === "api" ? ["", segments.shift()] : root === "apis" ? [segments.shift(), segments.shift()] : [];
  const [group, version] = groupVersion;
  if (group === undefined || version === undefined || !segments[0]) return null;
  const [first, second, third] = segments;
  const inNamespace = first === "namespaces" && second && third && !OF_NAMESPACES.includes(third);
  const namespace = inNamespace ? decode(second) : null;
  const [plural = "", name, subresource, ...rest] = inNamespace ? segments.slice(2) : segments;
  return {
    group,
    version,
    plural,
    namespace,
    name: name ? decode(name) : null,
    subresource: subresource || null,
    rest: rest.length === 0 ? "" : `/${rest.join("/")}`,
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
