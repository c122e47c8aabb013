import { ApiError, badRequest, expired, notFound, tooLargeResourceVersion } from "../api-error.ts";
import type { JsonObject } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import { representList, representObject, type View } from "../output/representation.ts";
import { type Resource, subjectOf } from "../resource.ts";
import { keyOfObject } from "../store/collection.ts";
import { readContinueToken, writeContinueToken } from "../store/continue-token.ts";
import { parseSelector, type Selector, selects } from "../store/selector.ts";
import type { Store } from "../store/store.ts";
import { type ListOptions, parseListOptions } from "./list-options.ts";
import type { Reply } from "./reply.ts";

/** GET of one object. */
export function getObject(
  store: Store,
  resource: Resource,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  query: URLSearchParams,
  view: View,
): Reply {
  const asked = Number(query.get("resourceVersion") ?? 0);
  if (asked > store.revision) throw tooLargeResourceVersion(asked, store.revision);
  const object = store.collection(resource.collection).get(namespace, name);
  if (object === null) throw notFound(subjectOf(resource, name));
  return { status: 200, body: representObject(resource, resource.fromStored(object), view) };
}

/** GET of many: a whole list, or a page of one. */
export function listObjects(
  store: Store,
  resource: Resource,
  namespace: string | null,
  query: URLSearchParams,
  view: View,
): Reply {
  const options = parseListOptions(query, store.revision);
  const page = readPage(store, resource, namespace, options);
  const selected = select(resource, page.objects, parseSelector(resource, query));
  // A list that may be of any age is answered whole, out of memory.
  const limit = options.resourceVersion === 0 ? null : options.limit;
  const shown = limit === null ? selected : selected.slice(0, limit);
  const last = shown.at(-1);
  const remaining = selected.length - shown.length;
  const more = remaining > 0 && last !== undefined ? moreOf(last, remaining, page.revision, !selects(query)) : {};
  // Lists of custom resources show the token even where there is none.
  const metadata = {
    ...(resource.custom && view.shape === "Full" ? { continue: "" } : {}),
    resourceVersion: String(page.revision),
    ...more,
  };
  return { status: 200, body: representList(resource, shown, metadata, view) };
}

/** The objects that a request selects, in the resource's own form. */
export function select(resource: Resource, stored: readonly KubeObject[], selector: Selector): KubeObject[] {
  return stored.map((object) => resource.fromStored(object)).filter(selector);
}

function moreOf(last: KubeObject, remaining: number, revision: number, counted: boolean): JsonObject {
  const token = writeContinueToken({ revision, after: keyOfObject(last) });
  return { continue: token, ...(counted ? { remainingItemCount: remaining } : {}) };
}

interface Page {
  /** The revision whose state this is. */
  readonly revision: number;
  readonly objects: KubeObject[];
}

function readPage(store: Store, { collection }: Resource, namespace: string | null, options: ListOptions): Page {
  const stored = store.collection(collection);
  const { continueToken, resourceVersion } = options;
  if (continueToken !== null) {
    if (resourceVersion) throw badRequest("specifying resource version is not allowed when using continue");
    return continuePage(store, collection, namespace, continueToken);
  }
  if (!options.exact || resourceVersion === null) return { revision: store.revision, objects: stored.list(namespace) };
  return { revision: resourceVersion, objects: stored.listAt(namespace, resourceVersion) };
}

function continuePage(store: Store, collection: string, namespace: string | null, text: string): Page {
  const { revision, after } = readContinueToken(text);
  const at = revision ?? store.revision;
  try {
    const objects = store.collection(collection).listAt(namespace, at);
    return { revision: at, objects: objects.filter((object) => keyOfObject(object) > after) };
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
