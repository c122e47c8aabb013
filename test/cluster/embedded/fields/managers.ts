import type { ManagedFieldsEntry } from "../kube-object.ts";
import { type FieldSet, isEmpty, parseFieldsV1, renderFieldsV1 } from "./field-set.ts";

/** Who wrote an object, how, and which fields are theirs: an entry of `metadata.managedFields`. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  /** When the entry last changed; absent where it never changed the object. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

export type Managers = ReadonlyMap<string, Manager>;

/** Two writes with the same identity belong to one entry. */
export function identityOf({ name, operation, apiVersion, subresource }: Omit<Manager, "time" | "fields">): string {
  return JSON.stringify([name, operation, operation === "Apply" ? "" : apiVersion, subresource]);
}

/** The entries of an object; null where one of them cannot be read. */
export function parseManagers(entries: readonly ManagedFieldsEntry[]): Managers | null {
  const managers = new Map<string, Manager>();
  for (const entry of entries) {
    const { operation, apiVersion, fieldsType, fieldsV1 = {} } = entry;
    if ((operation !== "Apply" && operation !== "Update") || !apiVersion || fieldsType !== "FieldsV1") return null;
    const who = { name: entry.manager ?? "", operation, apiVersion, subresource: entry.subresource ?? "" } as const;
    managers.set(identityOf(who), { ...who, time: entry.time, fields: parseFieldsV1(fieldsV1) });
  }
  return managers;
}

export function renderManagers(managers: Managers): ManagedFieldsEntry[] {
  return [...managers.values()]
    .filter(({ fields }) => !isEmpty(fields))
    .sort(byOperationAndTime)
    .map(renderManager);
}

function renderManager({ name, operation, apiVersion, subresource, time, fields }: Manager): ManagedFieldsEntry {
  return {
    manager: name,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: "FieldsV1",
    fieldsV1: renderFieldsV1(fields),
    ...(subresource === "" ? {} : { subresource }),
  };
}

function byOperationAndTime(a: Manager, b: Manager): number {
  const key = ({ operation, time = "", name, apiVersion, subresource }: Manager) =>
    [operation, time, name, apiVersion, subresource].join("\n");
  return key(a) < key(b) ? -1 : 1;
}
