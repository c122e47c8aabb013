import { applyConflict, type Cause } from "../api-error.ts";
import { equalJson } from "../json.ts";
import { type KubeObject, type ManagedFieldsEntry, timestamp } from "../kube-object.ts";
import type { Schema } from "../schema/schema.ts";
import {
  difference,
  type FieldSet,
  fieldPath,
  intersection,
  isEmpty,
  noFields,
  pathsOf,
  renderPath,
  union,
  without,
} from "./field-set.ts";
import { allowedByLastApplied, withLastApplied } from "./last-applied.ts";
import { identityOf, type Manager, type Managers, parseManagers, renderManagers } from "./managers.ts";
import { type Comparison, compare, fieldSetOf, merge, removeFields, withStructs } from "./ownership.ts";
import { MissingKeyError } from "./typed-value.ts";

/** Who writes, through which endpoint, and what the fields mean there. */
export interface Writer {
  readonly manager: string;
  readonly apiVersion: string;
  /** `status`, or empty. */
  readonly subresource: string;
  readonly schema: Schema;
  /** Top-level fields that this endpoint does not write, so that nobody owns them by it. */
  readonly ignored: readonly string[];
}

/** Fields that nobody owns, because the server decides them or they say what the object is. */
const unowned: FieldSet = [
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((field) => ["f:metadata", `f:${field}`]),
]
  .map((path) => fieldPath(...path))
  .reduce(union);

/**
 * The `managedFields` after somebody wrote an object as a whole (POST, PUT and every patch but apply): what he changed is his, and no longer
 * anybody else's. `live` is what was there before; an object without a uid for a new one.
 */
export function trackUpdate(writer: Writer, live: KubeObject, proposed: KubeObject): ManagedFieldsEntry[] {
  const managers = managersFor(writer, live, proposed);
  // Objects whose managers were reset are no longer tracked until somebody applies.
  if (managers.size === 0 && live.metadata.uid !== undefined) return [];
  try {
    return renderManagers(trackChanges(writer, managers, compareFor(writer, live, proposed)));
  } catch (error) {
    // Lists without their keys cannot be compared; the validation will say what is wrong.
    if (error instanceof MissingKeyError) return [];
    throw error;
  }
}

function trackChanges(writer: Writer, before: Managers, changes: Comparison): Managers {
  const managers = release(before, changes);
  const own = difference(union(changes.added, changes.modified), unowned);
  if (isEmpty(own)) return managers;
  const who = identify(writer, "Update");
  const id = identityOf(who);
  return managers.set(id, { ...who, time: timestamp(), fields: union(managers.get(id)?.fields ?? noFields, own) });
}

/** Takes what changed from those who had it. */
function release(managers: Managers, { added, modified, removed }: Comparison): Map<string, Manager> {
  const taken = [added, modified, removed].reduce(union);
  return new Map([...managers].map(([id, manager]) => [id, { ...manager, fields: difference(manager.fields, taken) }]));
}

export interface Application {
  readonly config: KubeObject;
  /** Take over what others own. */
  readonly force: boolean;
}

/**
 * Server-side apply: lays the configuration over the live object, takes away what this manager applied before and does not any more (unless
 * somebody else owns it too), and gives back the result with its new `managedFields`. Throws a 409 where the configuration would change
 * fields of others, unless forced.
 */
export function applyConfiguration(writer: Writer, live: KubeObject, { config, force }: Application): KubeObject {
  const current = withoutManagers(live);
  const before = managersBeforeApply(writer, live);
  const who = identify(writer, "Apply");
  const id = identityOf(who);
  const last = before.get(id);
  const fields = ignore(writer, fieldSetOf(writer.schema, config));
  const claimed = new Map([...before, [id, { ...who, time: last?.time, fields }]]);

  const merged = merge(writer.schema, current, config) as KubeObject;
  const owned = [...claimed.values()].map((manager) => manager.fields).reduce(union);
  const result = last === undefined ? merged : prune(writer.schema, merged, { last: last.fields, owned });
  const changes = compareFor(writer, current, result);
  const others = new Map([...claimed].filter(([other]) => other !== id));
  if (!force) refuseConflicts(conflictsOf(others, changes, allowedFields(writer, current)));

  // An application that changes nothing leaves no time.
  const time = equalJson(current, result) ? last?.time : timestamp();
  const managers = release(others, changes).set(id, { ...who, time, fields: difference(fields, unowned) });
  return withManagers(writer.manager === "kubectl" ? withLastApplied(result, config) : result, managers);
}

function identify({ manager, apiVersion, subresource }: Writer, operation: "Apply" | "Update") {
  return { name: manager, operation, apiVersion, subresource };
}

/** A client that leaves `managedFields` out keeps those of the live object; one that empties them resets them. */
function managersFor(writer: Writer, live: KubeObject, proposed: KubeObject): Managers {
  const said = proposed.metadata.managedFields;
  const kept = parseManagers(live.metadata.managedFields ?? []) ?? new Map<string, Manager>();
  if (writer.subresource !== "" || said === undefined) return kept;
  const isReset = said.length === 0 || (said.length === 1 && Object.keys(said[0] ?? {}).length === 0);
  return isReset ? new Map() : (parseManagers(said) ?? kept);
}

/** An object that nobody has tracked yet gets a manager for all that it has. */
function managersBeforeApply(writer: Writer, live: KubeObject): Managers {
  const managers = parseManagers(live.metadata.managedFields ?? []) ?? new Map<string, Manager>();
  if (managers.size > 0 || live.metadata.uid === undefined) return managers;
  const nothing = { apiVersion: live.apiVersion, kind: live.kind, metadata: {} };
  const entries = trackUpdate({ ...writer, manager: "before-first-apply" }, nothing, withoutManagers(live));
  return parseManagers(entries) ?? managers;
}

function withoutManagers(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function withManagers(object: KubeObject, managers: Managers): KubeObject {
  const managedFields = renderManagers(managers);
  return { ...object, metadata: { ...object.metadata, ...(managedFields.length === 0 ? {} : { managedFields }) } };
}

function compareFor(writer: Writer, before: KubeObject, after: KubeObject): Comparison {
  const { added, removed, modified } = compare(writer.schema, withoutManagers(before), withoutManagers(after));
  return { added: ignore(writer, added), removed: ignore(writer, removed), modified: ignore(writer, modified) };
}

function ignore({ ignored }: Writer, fields: FieldSet): FieldSet {
  return without(fields, ignored.map((field) => fieldPath(`f:${field}`)).reduce(union, noFields));
}

/** Takes away what the last application had and nobody owns now. */
function prune(
  schema: Schema,
  merged: KubeObject,
  { last, owned }: { readonly last: FieldSet; readonly owned: FieldSet },
): KubeObject {
  const remove = (fields: FieldSet) => (removeFields(schema, merged, fields) ?? {}) as KubeObject;
  const structs = (fields: FieldSet) => withStructs(schema, fields);
  const contents = (value: KubeObject) => structs(fieldSetOf(schema, value));
  const all = contents(merged);
  const withoutLast = remove(structs(last));
  const withOwned = remove(difference(all, union(contents(withoutLast), structs(owned))));
  return remove(intersection(difference(all, contents(withOwned)), structs(last)));
}

/** Fields that the writer may take over although they are not his. */
function allowedFields({ manager, schema }: Writer, live: KubeObject): FieldSet {
  return manager === "kubectl" ? allowedByLastApplied(schema, live) : noFields;
}

function conflictsOf(others: Managers, { added, modified }: Comparison, allowed: FieldSet): Cause[] {
  return [...others.values()].flatMap((manager) => {
    const conflict = difference(intersection(manager.fields, union(added, modified)), allowed);
    return [...pathsOf(conflict)].map((path) => ({
      field: renderPath(path),
      reason: "FieldManagerConflict" as const,
      message: `conflict with ${describe(manager)}`,
    }));
  });
}

function refuseConflicts(causes: readonly Cause[]): void {
  if (causes.length > 0) throw applyConflict(causes.toSorted((a, b) => (a.field < b.field ? -1 : 1)));
}

function describe({ name, operation, apiVersion, subresource }: Manager): string {
  if (operation === "Apply") return JSON.stringify(name);
  return `${JSON.stringify(name)}${subresource === "" ? "" : ` with subresource "${subresource}"`} using ${apiVersion}`;
}
