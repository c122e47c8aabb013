import { randomBytes } from "node:crypto";
import { SEALED_SECRET_API_VERSION, SEALED_SECRET_KIND } from "@sealwright/core";
import type { Log } from "../log.ts";
import { describeError } from "../outcome.ts";
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
      transport.request("POST", `/api/v1/namespaces/${about.namespace}/events`, { body }).catch((error: unknown) => {
        const { namespace, name } = about;
        const { reason } = event;
        log.warn("An event could not be recorded", { namespace, name, reason, message: describeError(error) });
      });
    },
  };
}

function eventManifest(about: ObservedSealedSecret, event: SealedSecretEvent, now: Date): unknown {
  const time = `${now.toISOString().slice(0, 19)}Z`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace: about.namespace, name: eventName(about.name) },
    involvedObject: {
      apiVersion: SEALED_SECRET_API_VERSION,
      kind: SEALED_SECRET_KIND,
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

/** Unique, and still a name where the SealedSecret's is as long as names may be: each part of one ends in a letter or digit. */
function eventName(name: string): string {
  return `${name.slice(0, 230).replace(/[^a-z0-9]+$/, "")}.${randomBytes(8).toString("hex")}`;
}
