import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { warn } from "../warning.ts";
import { type Cluster, fieldsOf, textOf } from "./cluster.ts";
import type { Resource } from "./resource.ts";
import { readState, type SealedSecretState } from "./sealed-secret-state.ts";

/** By UID. */
export type States = ReadonlyMap<string, SealedSecretState>;

/** Seconds after which the server ends a watch, which then goes on where it was. */
const WATCH = 240;
/** Milliseconds before what broke off is tried again: twice as many each time, up to the longest. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** All of them, as they are now. @throws CommandError `cluster`, `cluster_unreachable` */
export async function listStates(
  cluster: Cluster,
  resource: Resource,
  selector: string,
): Promise<{ readonly states: Map<string, SealedSecretState>; readonly resourceVersion: string }> {
  const states = new Map<string, SealedSecretState>();
  let resourceVersion = "";
  for await (const page of cluster.list(resource, selector)) {
    for (const item of page.items) remember(states, item);
    resourceVersion = page.resourceVersion;
  }
  return { states, resourceVersion };
}

/**
 * Tells of all of them, and again after every change, for ever. A connection that breaks is told of once and made anew.
 *
 * @throws CommandError where the first list fails, and where the cluster refuses
 */
export async function followStates(
  cluster: Cluster,
  { resource, selector }: { readonly resource: Resource; readonly selector: string },
  tell: (states: States) => void,
  io: Io,
): Promise<never> {
  let failures = 0;
  for (let isFirst = true; ; isFirst = false) {
    try {
      const { states, resourceVersion } = await listStates(cluster, resource, selector);
      tell(states);
      failures = 0;
      await follow(cluster, { resource, selector, resourceVersion, states }, tell, io);
    } catch (error) {
      if (isFirst || !mayPass(error)) throw error;
      if (failures === 0) await warn("the API server does not answer; what is above may be old. Trying again", io);
      await io.clock.sleep(Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE));
      failures = Math.min(failures + 1, 10);
    }
  }
}

interface Following {
  readonly resource: Resource;
  readonly selector: string;
  readonly resourceVersion: string;
  readonly states: Map<string, SealedSecretState>;
}

/** Until the server has forgotten what came before. */
async function follow(cluster: Cluster, following: Following, tell: (states: States) => void, io: Io): Promise<void> {
  const { resource, selector, states } = following;
  let { resourceVersion } = following;
  for (;;) {
    const query = { resourceVersion, timeoutSeconds: String(WATCH), ...(selector && { labelSelector: selector }) };
    const lines = await cluster.watch(resource, query);
    if (lines === null) return;
    let isSilent = true;
    for await (const line of lines) {
      isSilent = false;
      const { type, object } = fieldsOf(JSON.parse(line));
      if (type === "ERROR") return;
      resourceVersion = textOf(fieldsOf(fieldsOf(object)["metadata"])["resourceVersion"]) || resourceVersion;
      if (type === "BOOKMARK") continue;
      if (type === "DELETED") states.delete(readState(object).uid);
      else remember(states, object);
      tell(states);
    }
    // Something in between may end every watch at once.
    if (isSilent) await io.clock.sleep(FIRST_PAUSE);
  }
}

function remember(states: Map<string, SealedSecretState>, object: unknown): void {
  const state = readState(object);
  states.set(state.uid, state);
}

/** What a network does, and an API server that starts anew; half a line of JSON is of the same kind. */
function mayPass(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  const failure = error instanceof CommandError ? error.failure : null;
  if (failure?.code === "cluster") return failure.problem.code === "status";
  return failure?.code === "cluster_unreachable";
}
