import { randomBytes } from "node:crypto";
import type { Log } from "../log.ts";
import type { Clock, EventSink, ObservedSealedSecret, SealedSecretEvent } from "../ports.ts";
import type { Transport } from "./transport.ts";

export interface EventSinkOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
}

/** Posts core/v1 Events from the component `sealed-secrets`, as the Go controller does; nothing waits for them. */
export function eventSink({ transport, clock, log }: EventSinkOptions): EventSink {
  return {
    record(about, event) {
      const body = eventManifest(about, event, clock.now());
      transport.request("POST", `/api/v1/namespaces/${about.namespace}/events`, { body }).catch((error: Error) => {
        const { namespace, name } = about;
        log.warn("An event could not be recorded", { namespace, name, reason: event.reason, message: error.message });
      });
    },
  };
}

function eventManifest(about: ObservedSealedSecret, event: SealedSecretEvent, now: Date): unknown {
  const time = `${now.toISOString().slice(0, 19)}Z`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace: about.namespace, name: `${about.name.slice(0, 230)}.${randomBytes(8).toString("hex")}` },
    involvedObject: {
      apiVersion: "bitnami.com/v1alpha1",
      kind: "SealedSecret",
      namespace: about.namespace,
      name: about.name,
      uid: about.uid,
      resourceVersion: about.resourceVersion,
    },
    ...event,
    source: { component: "sealed-secrets" },
    reportingComponent: "sealed-secrets",
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
