import { makeBuiltInResources } from "./built-in-resources.ts";
import { DefinitionLifecycle } from "./controllers/definition-lifecycle.ts";
import { GarbageCollector } from "./controllers/garbage-collector.ts";
import { NamespaceLifecycle } from "./controllers/namespace-lifecycle.ts";
import { WorkQueue } from "./controllers/work-queue.ts";
import { Authenticator } from "./http/authentication.ts";
import { Discovery } from "./http/discovery.ts";
import { OpenApi } from "./http/openapi.ts";
import { PodAddresses } from "./http/pod-addresses.ts";
import { ReviewHandlers } from "./http/reviews.ts";
import { Router } from "./http/router.ts";
import { ServiceAccountTokens } from "./http/service-account-tokens.ts";
import { ServiceProxy } from "./http/service-proxy.ts";
import type { WatchStream } from "./http/watch-stream.ts";
import { WriteHandlers } from "./http/write-handlers.ts";
import { ResourceRegistry } from "./resource-registry.ts";
import { Store } from "./store/store.ts";
import { ObjectWriter } from "./writing/object-writer.ts";

/** All of the API server but its listener: what is stored, what answers, and what happens by itself. */
export class ControlPlane {
  readonly store = new Store();
  /** The watches that are open. */
  readonly watches = new Set<WatchStream>();
  readonly pods = new PodAddresses();
  readonly authenticator: Authenticator;
  readonly router: Router;
  readonly #queue = new WorkQueue();

  constructor(adminToken: string) {
    const { store, watches } = this;
    const registry = new ResourceRegistry(makeBuiltInResources());
    const writer = new ObjectWriter(store);
    const tokens = new ServiceAccountTokens();
    this.authenticator = new Authenticator({ adminToken, tokens, store });
    this.router = new Router({
      store,
      registry,
      watches,
      discovery: new Discovery(registry),
      openApi: new OpenApi(registry),
      reviews: new ReviewHandlers(this.authenticator, tokens, store),
      proxy: new ServiceProxy(store, this.pods),
      writes: new WriteHandlers(store, writer),
    });
    for (const Controller of [NamespaceLifecycle, DefinitionLifecycle, GarbageCollector]) {
      new Controller({ store, registry, writer, queue: this.#queue });
    }
  }

  /** Closes every open watch, as a server that shuts down does. */
  endWatches(): void {
    for (const watch of this.watches) watch.end();
  }

  /** Nothing happens by itself any more. */
  stop(): void {
    this.#queue.stop();
  }
}
