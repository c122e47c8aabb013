import { applyConflict } from "../api-error.ts";
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
 * anybody else's. `live` is what was there before; an empty object for a new one.
 */
export function trackUpdate(
  writer: Writer,
  live: KubeObject,
  proposed: KubeObject,
  isNew: boolean,
): ManagedFieldsEntry[] {
  const managers = managersFor(writer, live, proposed);
  // Objects whose managers were reset are no longer tracked until somebody applies.
  if (managers.size === 0 && !isNew) return [];
  try {
    return renderManagers(trackChanges(writer, managers, compareFor(writer, live, proposed)));
  } catch (error) {
    // Lists without their keys cannot be compared; the validation will say what is wrong.
    if (error instanceof MissingKeyError) return [];
    throw error;
  }
}

function trackChanges(writer: Writer, managers: Managers, changes: Comparison): Managers {
  const changed = union(changes.added, changes.modified);
  const rest = new Map(
    [...managers].map(([id, manager]) => [
      id,
      { ...manager, fields: difference(manager.fields, union(changed, changes.removed)) },
    ]),
  );
  const own = difference(changed, unowned);
  if (isEmpty(own)) return rest;
  const who = identify(writer, "Update");
  const previous = rest.get(identityOf(who))?.fields ?? noFields;
  return rest.set(identityOf(who), { ...who, time: timestamp(), fields: union(previous, own) });
}

/**
 * Server-side apply: lays the configuration over the live object, takes away what this manager applied before and does not any more (unless
 * somebody else owns it too), and gives back the result with its new `managedFields`. Throws a 409 where the configuration would change
 * fields of others, unless forced.
 */
export function applyConfiguration(writer: Writer, live: KubeObject, config: KubeObject, force: boolean): KubeObject {
  const { managedFields: _, ...metadata } = live.metadata;
  const current = { ...live, metadata };
  const before = managersBeforeApply(writer, current, live.metadata.managedFields ?? []);
  const who = identify(writer, "Apply");
  const id = identityOf(who);
  const fields = ignore(writer, fieldSetOf(writer.schema, config));
  const managers = new Map([...before, [id, { ...who, time: before.get(id)?.time, fields }]]);

  const merged = merge(writer.schema, current, config) as KubeObject;
  const result = prune(writer.schema, merged, managers, before.get(id)?.fields ?? noFields);
  const changes = compareFor(writer, current, result);
  const others = [...managers].filter(([other]) => other !== id);
  const conflicts = others.map(([other, manager]) => [other, conflictsWith(manager, changes)] as const);
  const taken = conflicts.some(([, conflict]) => !isEmpty(conflict));
  if (taken && !force) refuseConflicts(writer, current, managers, conflicts);

  for (const [other, manager] of others) {
    const lost = union(conflictsWith(manager, changes), changes.removed);
    managers.set(other, { ...manager, fields: difference(manager.fields, lost) });
  }
  const time = equalJson(current, result) ? before.get(id)?.time : timestamp();
  managers.set(id, { ...who, time, fields: difference(fields, unowned) });
  const managedFields = renderManagers(managers);
  const applied = writer.manager === "kubectl" ? withLastApplied(result, config) : result;
  return { ...applied, metadata: { ...applied.metadata, ...(managedFields.length === 0 ? {} : { managedFields }) } };
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
function managersBeforeApply(writer: Writer, live: KubeObject, entries: readonly ManagedFieldsEntry[]): Managers {
  const managers = parseManagers(entries) ?? new Map<string, Manager>();
  if (managers.size > 0 || live.metadata.uid === undefined) return managers;
  const empty = { apiVersion: live.apiVersion, kind: live.kind, metadata: {} };
  const entry = trackUpdate({ ...writer, manager: "before-first-apply" }, empty, live, true);
  return parseManagers(entry) ?? managers;
}

function compareFor(writer: Writer, before: KubeObject, after: KubeObject): Comparison {
  const { managedFields: _before, ...metadataBefore } = before.metadata;
  const { managedFields: _after, ...metadataAfter } = after.metadata;
  const old = { ...before, metadata: metadataBefore };
  const fresh = { ...after, metadata: metadataAfter };
  const { added, removed, modified } = compare(writer.schema, old, fresh);
  return { added: ignore(writer, added), removed: ignore(writer, removed), modified: ignore(writer, modified) };
}

function ignore({ ignored }: Writer, fields: FieldSet): FieldSet {
  return without(fields, ignored.map((field) => fieldPath(`f:${field}`)).reduce(union, noFields));
}

function conflictsWith(manager: Manager, { added, modified }: Comparison): FieldSet {
  return intersection(manager.fields, union(added, modified));
}

/** Takes away what `last` had and no manager has now. */
function prune(schema: Schema, merged: KubeObject, managers: Managers, last: FieldSet): KubeObject {
  if (isEmpty(last)) return merged;
  const remove = (fields: FieldSet) => (removeFields(schema, merged, fields) ?? {}) as KubeObject;
  const structs = (fields: FieldSet) => withStructs(schema, fields);
  const contents = (value: KubeObject) => structs(fieldSetOf(schema, value));
  const managed = [...managers.values()].map(({ fields }) => fields).reduce(union, noFields);
  const all = contents(merged);
  const withoutLast = remove(structs(last));
  const owned = remove(difference(all, union(contents(withoutLast), structs(managed))));
  return remove(intersection(difference(all, contents(owned)), structs(last)));
}

function refuseConflicts(
  writer: Writer,
  live: KubeObject,
  managers: Managers,
  conflicts: readonly (readonly [string, FieldSet])[],
): void {
  const allowed = writer.manager === "kubectl" ? allowedByLastApplied(writer.schema, live) : noFields;
  const causes = conflicts.flatMap(([id, conflict]) => {
    const manager = managers.get(id);
    const who = manager === undefined ? "" : describe(manager);
    return [...pathsOf(difference(conflict, allowed))].map((path) => ({
      field: renderPath(path),
      reason: "FieldManagerConflict" as const,
      message: `conflict with ${who}`,
    }));
  });
  if (causes.length > 0) throw applyConflict(causes.sort((a, b) => (a.field < b.field ? -1 : 1)));
}

function describe({ name, operation, apiVersion, subresource }: Manager): string {
  if (operation === "Apply") return JSON.stringify(name);
  return `${JSON.stringify(name)}${subresource === "" ? "" : ` with subresource "${subresource}"`} using ${apiVersion}`;
}
