import { apiVersionOf, type Resource } from "./resource.ts";

/** The resources that are served now: the built-in ones, and those of custom resource definitions. */
export class ResourceRegistry {
  readonly #builtIns: readonly Resource[];
  /** By the name of the definition. */
  readonly #custom = new Map<string, readonly Resource[]>();

  constructor(builtIns: readonly Resource[]) {
    this.#builtIns = builtIns;
  }

  all(): Resource[] {
    return [...this.#builtIns, ...[...this.#custom.values()].flat()];
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.all().find((resource) => {
      return resource.plural === plural && resource.group === group && resource.version === version;
    });
  }

  findKind(apiVersion: string, kind: string): Resource | undefined {
    return this.all().find((resource) => resource.kind === kind && apiVersionOf(resource) === apiVersion);
  }

  /** One resource for each collection of stored objects, whatever versions it has. */
  collections(): Resource[] {
    return [...new Map(this.all().map((resource) => [resource.collection, resource])).values()];
  }

  hasGroupVersion(group: string, version: string): boolean {
    return this.all().some((resource) => resource.group === group && resource.version === version);
  }

  serve(definition: string, resources: readonly Resource[]): void {
    this.#custom.set(definition, resources);
  }

  withdraw(definition: string): void {
    this.#custom.delete(definition);
  }
}
