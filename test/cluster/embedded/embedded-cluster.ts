import { randomBytes } from "node:crypto";
import { ApiClient } from "../api-client.ts";
import type { Cluster, ExposedService } from "../cluster.ts";
import { kubeconfig } from "../kubeconfig.ts";
import { Authority } from "../pki.ts";
import { createNamespaceUnlessThere } from "../real/create-unless-there.ts";
import { serviceAccountToken } from "../real/service-account-token.ts";
import { ServiceExposure } from "../real/service-exposure.ts";
import { makeBuiltInResources } from "./built-in-resources.ts";
import { DefinitionLifecycle } from "./controllers/definition-lifecycle.ts";
import { GarbageCollector } from "./controllers/garbage-collector.ts";
import { NamespaceLifecycle } from "./controllers/namespace-lifecycle.ts";
import { WorkQueue } from "./controllers/work-queue.ts";
import { ApiServer } from "./http/api-server.ts";
import { Authenticator } from "./http/authentication.ts";
import { Discovery } from "./http/discovery.ts";
import { FaultInjector } from "./http/fault-injector.ts";
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

const NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

/**
 * Starts a Kubernetes API server within this process: it stores objects in memory, knows who asks but allows everything, and runs
 * nothing. What it answers is held against a real one by the suite in `../conformance`.
 */
export async function startEmbeddedCluster(): Promise<Cluster> {
  const authority = await Authority.create();
  const [certificate, client] = await Promise.all([
    authority.issue({ commonName: "kube-apiserver", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] }),
    authority.issue({ commonName: "admin", organizations: ["system:masters"] }),
  ]);
  const store = new Store();
  const tokens = new ServiceAccountTokens();
  const adminToken = randomBytes(32).toString("base64url");
  const authenticator = new Authenticator({ adminToken, tokens, store });
  const faults = new FaultInjector();
  const clientAuthority = authority.identity.certificate;
  const server = new ApiServer({ certificate, clientAuthority, authenticator, faults });
  const address = `127.0.0.1:${await server.listen()}`;

  const registry = new ResourceRegistry(makeBuiltInResources());
  const writer = new ObjectWriter(store);
  const queue = new WorkQueue();
  new NamespaceLifecycle(store, registry, queue);
  new DefinitionLifecycle(store, registry, writer, queue);
  new GarbageCollector(store, registry, writer, queue);

  const watches = new Set<WatchStream>();
  const pods = new PodAddresses();
  const proxy = new ServiceProxy(store, pods);
  server.serve(
    new Router({
      store,
      registry,
      discovery: new Discovery(registry, address),
      openApi: new OpenApi(registry),
      reviews: new ReviewHandlers(authenticator, tokens, store),
      proxy,
      writes: new WriteHandlers(store, writer),
      watches,
    }),
  );

  const access = { server: `https://${address}`, certificateAuthority: clientAuthority };
  const admin = new ApiClient({ ...access, token: adminToken });
  for (const name of NAMESPACES) await createNamespaceUnlessThere(admin, name);
  const exposure = new ServiceExposure(admin, pods);

  return {
    maker: "embedded",
    ...access,
    admin,
    adminKubeconfig: kubeconfig({ ...access, user: client }),
    serviceAccountToken: (namespace, name) => serviceAccountToken(admin, namespace, name),
    exposeService: (service: ExposedService) => exposure.expose(service),
    faults: {
      add: (rule) => faults.add(rule),
      closeWatches: () => {
        for (const watch of watches) watch.end();
      },
      compact: () => store.compact(),
    },
    stop: async () => {
      queue.stop();
      await admin.close();
      await server.close();
    },
  };
}
