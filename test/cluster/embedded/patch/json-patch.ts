import { asString, cloneJson, equalJson, isJsonObject, type Json, type JsonObject } from "../json.ts";

/** An operation that cannot be carried out: a path that leads nowhere, a test that fails, an operation that does not exist. */
export class JsonPatchError extends Error {}

/** RFC 6902, on a copy. */
export function applyJsonPatch(target: Json, operations: readonly JsonObject[]): Json {
  // A box, so that the root is a child too and can be replaced like one.
  const box: JsonObject = { root: cloneJson(target) };
  for (const operation of operations) applyOperation(box, operation);
  return box["root"] ?? null;
}

function applyOperation(box: JsonObject, operation: JsonObject): void {
  const path = parsePointer(operation["path"]);
  const value = () => cloneJson(operation["value"] ?? null);
  switch (operation["op"]) {
    case "add":
      add(box, path, value());
      break;
    case "remove":
      remove(box, path);
      break;
    case "replace":
      replace(box, path, value());
      break;
    case "move":
      add(box, path, remove(box, parsePointer(operation["from"])));
      break;
    case "copy":
      add(box, path, cloneJson(read(box, parsePointer(operation["from"]))));
      break;
    case "test":
      if (!equalJson(read(box, path), value())) throw new JsonPatchError("test failed");
      break;
    default:
      throw new JsonPatchError(`unknown operation ${asString(operation["op"])}`);
  }
}

function parsePointer(pointer: Json | undefined): readonly string[] {
  if (typeof pointer !== "string" || (pointer !== "" && !pointer.startsWith("/"))) throw new JsonPatchError("bad path");
  const [, ...parts] = pointer.split("/");
  return ["root", ...parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))];
}

function read(box: Json, path: readonly string[]): Json {
  return path.reduce((value, key) => childOf(value, key), box);
}

function childOf(parent: Json, key: string): Json {
  const child = Array.isArray(parent) ? parent[existingIndex(parent, key)] : ownChild(parent, key);
  if (child === undefined) throw new JsonPatchError(`nothing at ${key}`);
  return child;
}

function ownChild(parent: Json, key: string): Json | undefined {
  return isJsonObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
}

function existingIndex(list: readonly Json[], key: string): number {
  const index = /^\d+$/.test(key) ? Number(key) : -1;
  if (index < 0 || index >= list.length) throw new JsonPatchError(`no item ${key}`);
  return index;
}

function split(path: readonly string[]): { readonly folder: readonly string[]; readonly name: string } {
  return { folder: path.slice(0, -1), name: path.at(-1) ?? "" };
}

function add(box: JsonObject, path: readonly string[], value: Json): void {
  const { folder, name } = split(path);
  const parent = read(box, folder);
  if (isJsonObject(parent)) parent[name] = value;
  else if (!Array.isArray(parent)) throw new JsonPatchError(`no place for ${name}`);
  else if (name === "-" || name === String(parent.length)) parent.push(value);
  else parent.splice(existingIndex(parent, name), 0, value);
}

function replace(box: JsonObject, path: readonly string[], value: Json): void {
  const { folder, name } = split(path);
  const parent = read(box, folder);
  childOf(parent, name);
  if (Array.isArray(parent)) parent[existingIndex(parent, name)] = value;
  else if (isJsonObject(parent)) parent[name] = value;
}

function remove(box: JsonObject, path: readonly string[]): Json {
  const { folder, name } = split(path);
  const parent = read(box, folder);
  const value = childOf(parent, name);
  if (Array.isArray(parent)) parent.splice(existingIndex(parent, name), 1);
  else if (isJsonObject(parent)) delete parent[name];
  return value;
}
