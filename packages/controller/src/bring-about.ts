import { readSealedSecret, type SealedSecret } from "@sealwright/core";
import { isApiError } from "./kubernetes/api-error.ts";
import { type OpenedBy, open } from "./open.ts";
import type { Success } from "./outcome.ts";
import { type Plan, plan, type Refusal } from "./plan.ts";
import type { ExistingSecret, ObservedSealedSecret, ReconcilePorts, Recorded, SecretVersion } from "./ports.ts";

type Result = Success | { readonly action: "refuse"; readonly refusal: Refusal };

/**
 * Sees to it that the Secret is what the SealedSecret says, and goes no further than it takes to know: the record in the status, then the
 * Secret, then the private keys. What is not there is made without asking first.
 *
 * @throws SealwrightError, ApiError
 */
export async function bringAbout(observed: ObservedSealedSecret, ports: ReconcilePorts): Promise<Result> {
  const { namespace, name } = observed;
  const sealed = readSealedSecret(observed.manifest);
  const recorded = await ports.records.read(observed, sealed);
  const seen = ports.secrets.seen(namespace, name);
  if (typeof seen === "object" && recorded?.vouchesFor(seen)) return asLeft(recorded, seen);
  const read = async () => (seen === "none" ? null : ports.secrets.get(namespace, name));
  // Without a record nothing in the Secret helps to open it, and it is read only for what has opened.
  const early = recorded === null ? null : await read();
  if (early !== null && recorded?.vouchesFor(early)) return asLeft(recorded, early);
  const opened = await open(sealed, recorded, early, ports.unseal);
  return settle({ observed, sealed, opened, ports }, recorded === null ? await read() : early);
}

/** Nothing is read or written that the record has told of. */
function asLeft({ keyOf, text }: Recorded, { resourceVersion }: SecretVersion): Success {
  const keys = fingerprintsIn(keyOf);
  return {
    kind: "synced",
    changed: false,
    drift: null,
    secretVersion: resourceVersion,
    keys,
    record: text,
    use: "version",
  };
}

interface Work {
  readonly observed: ObservedSealedSecret;
  readonly sealed: SealedSecret;
  readonly opened: OpenedBy;
  readonly ports: ReconcilePorts;
}

async function settle(work: Work, existing: ExistingSecret | null): Promise<Result> {
  const { observed, sealed, opened, ports } = work;
  const planned = plan(observed, opened.secret, existing);
  if (planned.action === "refuse") return planned;
  try {
    const written = await carryOut(planned, ports);
    const standing = planned.action === "keep" ? opened.record : null;
    return {
      kind: "synced",
      changed: planned.action !== "keep",
      drift: planned.action === "replace" ? planned.drift : null,
      secretVersion: written.resourceVersion,
      keys: fingerprintsIn(opened.keyOf),
      record: standing ?? (await ports.records.write(observed, sealed, opened, written)),
      use: opened.use,
    };
  } catch (error) {
    // There is one, and nobody had told of it yet.
    if (!isApiError(error, "AlreadyExists")) throw error;
    const found = await ports.secrets.get(observed.namespace, observed.name);
    if (found === null) throw error;
    return settle(work, found);
  }
}

async function carryOut(
  planned: Exclude<Plan, { action: "refuse" }>,
  { secrets }: ReconcilePorts,
): Promise<SecretVersion> {
  switch (planned.action) {
    case "create":
      return secrets.create(planned.secret);
    case "replace":
      return secrets.replace(planned.secret, planned.over);
    case "keep":
      return planned.existing;
  }
}

function fingerprintsIn(keyOf: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set(keyOf.values())].sort();
}
