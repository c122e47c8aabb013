import type { Server } from "node:http";
import type { Metrics } from "../metrics.ts";
import { plain } from "./answer.ts";
import { createBoundedServer, send, type Timeouts } from "./server.ts";

/** Serves `/metrics`, on a port of its own: who may read the certificate need not know of every SealedSecret. */
export function createMetricsServer(metrics: Pick<Metrics, "exposition">, timeouts: Timeouts): Server {
  return createBoundedServer(timeouts, async (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0];
    if (path !== "/metrics") return send(request, response, plain(404, "404 page not found\n"));
    if (request.method !== "GET" && request.method !== "HEAD") {
      return send(request, response, plain(405, "method not allowed\n", { allow: "GET, HEAD" }));
    }
    send(request, response, { status: 200, ...(await metrics.exposition()) });
  });
}
