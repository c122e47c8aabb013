import { badRequest, type Cause, internalError, invalid, tooLargeResourceVersion } from "../api-error.ts";
import { forbiddenValue, unsupportedValue } from "../rules/cause.ts";

/** What a list or a watch asks for beside its selectors. */
export interface ListOptions {
  readonly watch: boolean;
  /** Null where none is said; 0 means any. */
  readonly resourceVersion: number | null;
  readonly exact: boolean;
  /** How many objects a page holds; null where all are asked for. */
  readonly limit: number | null;
  readonly continueToken: string | null;
  readonly timeoutSeconds: number | null;
  readonly bookmarks: boolean;
  readonly sendInitialEvents: boolean | null;
}

const MATCHES = ["Exact", "NotOlderThan", ""];

/** Reads the options of a list or a watch. Throws a 400 or 422 where they make no sense, a 504 for a resourceVersion yet to come. */
export function parseListOptions(query: URLSearchParams, revision: number): ListOptions {
  const watch = parseFlag(query.get("watch")) ?? false;
  const sendInitialEvents = parseFlag(query.get("sendInitialEvents"));
  const match = query.get("resourceVersionMatch") ?? "";
  const causes = watch
    ? checkWatch(match, sendInitialEvents)
    : checkList(match, query.get("resourceVersion") ?? "", sendInitialEvents);
  if (causes.length > 0) throw invalid({ group: "meta.k8s.io", kind: "ListOptions" }, causes);
  const limit = parseInteger(query.get("limit"));
  const resourceVersion = parseResourceVersion(query.get("resourceVersion") ?? "", watch);
  if (!watch && resourceVersion !== null && resourceVersion > revision) {
    throw tooLargeResourceVersion(resourceVersion, revision);
  }
  return {
    watch,
    resourceVersion,
    exact: match === "Exact",
    limit: limit !== null && limit > 0 ? limit : null,
    continueToken: query.get("continue") || null,
    timeoutSeconds: parseInteger(query.get("timeoutSeconds")),
    bookmarks: parseFlag(query.get("allowWatchBookmarks")) ?? false,
    sendInitialEvents,
  };
}

function checkList(match: string, resourceVersion: string, sendInitialEvents: boolean | null): Cause[] {
  if (sendInitialEvents !== null) {
    return [forbiddenValue("sendInitialEvents", "sendInitialEvents is forbidden for list")];
  }
  if (!MATCHES.includes(match)) return [unsupportedValue("resourceVersionMatch", match, MATCHES)];
  if (match === "" || resourceVersion !== "") return [];
  const why = "resourceVersionMatch is forbidden unless resourceVersion is provided";
  return [forbiddenValue("resourceVersionMatch", why)];
}

function checkWatch(match: string, sendInitialEvents: boolean | null): Cause[] {
  if (sendInitialEvents === null && match !== "") {
    const why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
    return [forbiddenValue("resourceVersionMatch", why)];
  }
  if (sendInitialEvents === null || match === "NotOlderThan") return [];
  const why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
  return [forbiddenValue("resourceVersionMatch", why)];
}

/** Anything but `false` and `0` is true. */
function parseFlag(text: string | null): boolean | null {
  return text === null ? null : text !== "false" && text !== "0";
}

function parseInteger(text: string | null): number | null {
  if (text === null || text === "") return null;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function parseResourceVersion(text: string, watch: boolean): number | null {
  if (text === "") return null;
  if (/^\d+$/.test(text)) return Number(text);
  const why = `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`;
  throw watch ? internalError(why) : badRequest(`invalid resource version: ${why}`);
}
