import { NO_AUDIT } from "../audit/audit.ts";
import type { ControllerOptions } from "../controller-options.ts";
import type { Transport } from "../kubernetes/transport.ts";
import type { Clock } from "../ports.ts";
import { KeyRegistry } from "./key-registry.ts";
import { KeyStore } from "./key-store.ts";

/** The sealing keys, as the configuration has them kept and made. */
export function configuredRegistry(
  { config, namespace, log, audit }: ControllerOptions,
  { transport, clock }: { readonly transport: Transport; readonly clock: Clock },
): KeyRegistry {
  const store = new KeyStore({
    transport,
    namespace,
    prefix: config.keyPrefix,
    order: config.keyOrderPriority,
    labels: config.privatekeyLabels,
    annotations: config.privatekeyAnnotations,
    log,
  });
  return new KeyRegistry({
    store,
    clock,
    log,
    audit: audit ?? NO_AUDIT,
    bits: config.keySize,
    commonName: config.myCn,
    validFor: config.keyTtl,
    renewPeriod: config.keyRenewPeriod,
    cutoff: config.keyCutoffTime,
  });
}
