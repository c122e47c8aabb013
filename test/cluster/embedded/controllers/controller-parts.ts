import type { ResourceRegistry } from "../resource-registry.ts";
import type { Store } from "../store/store.ts";
import type { ObjectWriter } from "../writing/object-writer.ts";
import type { WorkQueue } from "./work-queue.ts";

/** What every controller works with. */
export interface ControllerParts {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly writer: ObjectWriter;
  readonly queue: WorkQueue;
}
