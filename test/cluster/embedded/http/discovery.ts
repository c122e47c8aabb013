import type { JsonObject } from "../json.ts";
import type { Resource } from "../resource.ts";
import type { ResourceRegistry } from "../resource-registry.ts";
import type { ApiRequest } from "./api-request.ts";
import type { Reply } from "./reply.ts";
import { type Review, reviews } from "./reviews.ts";

const AGGREGATED = /application\/json;[^,]*g=apidiscovery\.k8s\.io;v=(v2(?:beta1)?);as=APIGroupDiscoveryList/;

/** Answers what there is: `/api`, `/apis` and below, version by version or all at once. */
export class Discovery {
  readonly #registry: ResourceRegistry;

  constructor(registry: ResourceRegistry) {
    this.#registry = registry;
  }

  /** Null for a path that is none of discovery's. */
  answer(request: ApiRequest): Reply | null {
    const [, root, ...rest] = request.path.replace(/\/$/, "").split("/");
    const aggregated = AGGREGATED.exec(request.header("accept") ?? "")?.[1];
    if (root === "api" && rest.length === 0) {
      return aggregated ? this.#aggregate(aggregated, true) : ok(coreVersions(request.header("host") ?? ""));
    }
    if (root === "apis" && rest.length === 0) {
      return aggregated ? this.#aggregate(aggregated, false) : ok(this.#groupList());
    }
    const [group = "", version] = root === "api" ? ["", ...rest] : root === "apis" ? rest : [];
    if (version === undefined) return root === "apis" && rest.length === 1 ? this.#group(group) : null;
    const isOne = rest.length === (root === "api" ? 1 : 2);
    return isOne && this.#versionsOf(group).includes(version) ? ok(this.#resourceList(group, version)) : null;
  }

  #groupList(): JsonObject {
    return {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: this.#groups().map((group) => this.#describeGroup(group)),
    };
  }

  #group(group: string): Reply | null {
    if (!this.#groups().includes(group)) return null;
    return ok({ kind: "APIGroup", apiVersion: "v1", ...this.#describeGroup(group) });
  }

  #describeGroup(group: string): JsonObject {
    const versions = this.#versionsOf(group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
    return { name: group, versions, preferredVersion: versions[0] ?? {} };
  }

  #groups(): string[] {
    const groups = [...this.#registry.all(), ...reviews].map(({ group }) => group);
    return [...new Set(groups)].filter((group) => group !== "");
  }

  #versionsOf(group: string): string[] {
    const versions = [...this.#registry.all(), ...reviews].filter((resource) => resource.group === group);
    return [...new Set(versions.map(({ version }) => version))].sort(newestFirst);
  }

  #resourceList(group: string, version: string): JsonObject {
    const groupVersion = group === "" ? version : `${group}/${version}`;
    const resources = this.#resourcesOf(group, version).flatMap(describeResource);
    const questions = reviewsOf(group, version).map(({ plural, kind, namespaced }) => {
      return { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs: ["create"] };
    });
    return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: [...resources, ...questions] };
  }

  #resourcesOf(group: string, version: string): Resource[] {
    return this.#registry.all().filter((resource) => resource.group === group && resource.version === version);
  }

  #aggregate(version: string, core: boolean): Reply {
    const groups = core ? [""] : this.#groups();
    const items = groups.map((group) => ({
      metadata: group === "" ? {} : { name: group },
      versions: this.#versionsOf(group).map((version) => ({
        version,
        resources: [
          ...this.#resourcesOf(group, version).map(aggregateResource),
          ...reviewsOf(group, version).map(aggregateReview),
        ],
        freshness: "Current",
      })),
    }));
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    return {
      ...ok({ kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items }),
      contentType,
    };
  }
}

function coreVersions(serverAddress: string): JsonObject {
  const serverAddressByClientCIDRs = [{ clientCIDR: "0.0.0.0/0", serverAddress }];
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs };
}

function ok(body: JsonObject): Reply {
  return { status: 200, body };
}

/** Stable versions before betas before alphas, and the higher first. */
function newestFirst(a: string, b: string): number {
  const rank = (version: string): readonly number[] => {
    const [, major = "0", stage = "", minor = "0"] = /^v(\d+)(alpha|beta)?(\d+)?$/.exec(version) ?? [];
    return [["alpha", "beta", ""].indexOf(stage), Number(major), Number(minor)];
  };
  const [left, right] = [rank(a), rank(b)];
  const index = left.findIndex((value, place) => value !== right[place]);
  return (right[index] ?? 0) - (left[index] ?? 0);
}

function reviewsOf(group: string, version: string): Review[] {
  return reviews.filter((review) => review.group === group && review.version === version);
}

const STATUS_VERBS = ["get", "patch", "update"];

function subresourcesOf(resource: Resource): { name: string; kind: string; verbs: readonly string[] }[] {
  const status = { name: "status", kind: resource.kind, verbs: STATUS_VERBS };
  return [...(resource.hasStatus ? [status] : []), ...resource.subresources];
}

function describeResource(resource: Resource): JsonObject[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs: [...verbs],
      ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
      ...(categories.length === 0 ? {} : { categories: [...categories] }),
    },
    ...subresourcesOf(resource).map((subresource) => {
      const { group, version, kind: itsKind } = splitKind(subresource.kind);
      return {
        name: `${plural}/${subresource.name}`,
        singularName: "",
        namespaced,
        ...(group === undefined ? {} : { group, version: version ?? "" }),
        kind: itsKind,
        verbs: [...subresource.verbs],
      };
    }),
  ];
}

/** `group/version/Kind`, `version/Kind` of the core group, or the `Kind` of the resource's own. */
function splitKind(text: string): { group?: string; version?: string; kind: string } {
  const [kind = "", version, group] = text.split("/").reverse();
  return { kind, ...(group === undefined || version === undefined ? {} : { group, version }) };
}

function aggregateResource(resource: Resource): JsonObject {
  const { plural, singular, namespaced, group, version, kind, verbs, shortNames, categories } = resource;
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs: [...verbs],
    ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
    ...(categories.length === 0 ? {} : { categories: [...categories] }),
    subresources: subresourcesOf(resource).map((subresource) => {
      const its = splitKind(subresource.kind);
      const responseKind = { group: its.group ?? group, version: its.version ?? version, kind: its.kind };
      return { subresource: subresource.name, responseKind, verbs: [...subresource.verbs] };
    }),
  };
}

function aggregateReview({ plural, group, version, kind, namespaced }: Review): JsonObject {
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.toLowerCase(),
    verbs: ["create"],
  };
}
