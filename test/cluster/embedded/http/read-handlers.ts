import { ApiError, badRequest, expired, notFound, tooLargeResourceVersion } from "../api-error.ts";
import type { JsonObject } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import { representList, representObject } from "../output/representation.ts";
import { type Resource, type Scope, subjectOf } from "../resource.ts";
import { keyOfObject } from "../store/collection.ts";
import { readContinueToken, writeContinueToken } from "../store/continue-token.ts";
import { parseSelector, type Selector, selects } from "../store/selector.ts";
import type { Store } from "../store/store.ts";
import type { Target } from "../writing/object-writer.ts";
import type { ApiRequest } from "./api-request.ts";
import { type ListOptions, parseListOptions } from "./list-options.ts";
import type { Reply } from "./reply.ts";

/** GET of one object. */
export function getObject(store: Store, { resource, namespace, name }: Target, request: ApiRequest): Reply {
  const asked = Number(request.query.get("resourceVersion") ?? 0);
  if (asked > store.revision) throw tooLargeResourceVersion(asked, store.revision);
  const object = store.collection(resource.collection).get(namespace, name);
  if (object === null) throw notFound(subjectOf(resource, name));
  return { status: 200, body: representObject(resource, resource.fromStored(object), request.view) };
}

/** GET of many: a whole list, or a page of one. */
export function listObjects(store: Store, scope: Scope, { query, view }: ApiRequest): Reply {
  const { resource } = scope;
  const options = parseListOptions(query, store.revision);
  const page = readPage(store, scope, options);
  const selected = select(resource, page.objects, parseSelector(resource, query));
  // A list that may be of any age is answered whole, out of memory.
  const limit = options.resourceVersion === 0 ? null : options.limit;
  const objects = limit === null ? selected : selected.slice(0, limit);
  const remaining = selected.length - objects.length;
  const metadata = {
    // Lists of custom resources show the token even where there is none.
    ...(resource.custom && view.shape === "Full" ? { continue: "" } : {}),
    resourceVersion: String(page.revision),
    ...tokenAfter(objects.at(-1), page.revision, remaining),
    ...(remaining > 0 && !selects(query) ? { remainingItemCount: remaining } : {}),
  };
  return { status: 200, body: representList(resource, { objects, metadata }, view) };
}

function tokenAfter(last: KubeObject | undefined, revision: number, remaining: number): JsonObject {
  if (last === undefined || remaining === 0) return {};
  return { continue: writeContinueToken({ revision, after: keyOfObject(last) }) };
}

/** The objects that a request selects, in the resource's own form. */
export function select(resource: Resource, stored: readonly KubeObject[], selector: Selector): KubeObject[] {
  return stored.map((object) => resource.fromStored(object)).filter(selector);
}

interface Page {
  /** The revision whose state this is. */
  readonly revision: number;
  readonly objects: KubeObject[];
}

function readPage(store: Store, scope: Scope, options: ListOptions): Page {
  const { continueToken, resourceVersion, exact } = options;
  const { namespace, resource } = scope;
  const stored = store.collection(resource.collection);
  if (continueToken !== null) {
    if (resourceVersion) throw badRequest("specifying resource version is not allowed when using continue");
    return continuePage(store, scope, continueToken);
  }
  if (!exact || resourceVersion === null) return { revision: store.revision, objects: stored.list(namespace) };
  return { revision: resourceVersion, objects: stored.listAt(namespace, resourceVersion) };
}

function continuePage(store: Store, { resource, namespace }: Scope, token: string): Page {
  const { revision: said, after } = readContinueToken(token);
  const revision = said ?? store.revision;
  try {
    const objects = store.collection(resource.collection).listAt(namespace, revision);
    return { revision, objects: objects.filter((object) => keyOfObject(object) > after) };
  } catch (error) {
    throw error instanceof ApiError && error.code === 410 ? pageExpired(after) : error;
  }
}

/** With it comes a token to go on with in the state of then, at the price of an inconsistent list. */
function pageExpired(after: string): ApiError {
  const message =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without" +
    " the continue parameter, or use the continue token in this response to retrieve the remainder of the results.";
  return expired(message, { continue: writeContinueToken({ revision: null, after }) });
}
