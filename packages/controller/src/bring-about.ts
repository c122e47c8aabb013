import { readSealedSecret, type SealedSecret, type Secret, scopeOf, unsealedSecret } from "@sealwright/core";
import { ApiError, isApiError } from "./kubernetes/api-error.ts";
import { type OpenedBy, open } from "./open.ts";
import type { Success } from "./outcome.ts";
import { type Plan, plan, type Refusal } from "./plan.ts";
import { violationOf } from "./policy.ts";
import type {
  ExistingSecret,
  ObservedSealedSecret,
  ReconcilePorts,
  Recorded,
  SecretStore,
  SecretVersion,
  Vouched,
} from "./ports.ts";

type Result = Success | { readonly action: "refuse"; readonly refusal: Refusal };

/**
 * Sees to it that the Secret is what the SealedSecret says, and goes no further than it takes to know: the record in the status, then the
 * Secret, then the private keys. What is not there is made without asking first, and what the policy refuses is not looked at.
 *
 * @param ahead the Secret as it was read before `observed` was asked for, which is current then; undefined where it was not
 * @throws SealwrightError, ApiError
 */
export async function bringAbout(
  observed: ObservedSealedSecret,
  ports: ReconcilePorts,
  ahead?: ExistingSecret | null,
): Promise<Result> {
  const { namespace, name } = observed;
  const sealed = readSealedSecret(observed.manifest);
  const refused = refusedByPolicy(observed, unsealedSecret(sealed, new Map()), ports);
  if (refused !== null) return refused;
  const recorded = await ports.records.read(observed, sealed);
  const seen = ports.secrets.seen(namespace, name);
  if (typeof seen === "object" && recorded?.vouchesFor(seen)) return asLeft(vouchedBy(recorded), seen);
  const read = async () => {
    if (ahead !== undefined) return ahead;
    return seen === "none" ? null : ports.secrets.get(namespace, name);
  };
  // Without a record nothing in the Secret helps to open it, and it is read only for what has opened.
  const early = recorded === null ? null : await read();
  if (early !== null && recorded?.vouchesFor(early)) return asLeft(vouchedBy(recorded), early);
  const opened = await open(sealed, recorded, early, ports.unseal);
  const respecified = recorded?.unchanged === false;
  const work = { observed, sealed, opened, respecified, isCurrent: ahead !== undefined, ports };
  return settle(work, recorded === null ? await read() : early);
}

/** What the policy says to a Secret as far as it is known: `spec.data` tells its type and metadata only once it is opened. */
function refusedByPolicy({ annotations }: ObservedSealedSecret, secret: Secret, { policy }: ReconcilePorts) {
  const violation = violationOf(policy, scopeOf(annotations), secret);
  return violation === null ? null : ({ action: "refuse", refusal: { kind: "policy", violation } } as const);
}

/**
 * What the record alone tells, without a look at the spec: that the Secret is as it was left, or that the Secret alone has changed. Null
 * where it tells neither.
 */
export async function leftAsRecorded(
  observed: ObservedSealedSecret,
  ports: ReconcilePorts,
): Promise<Success | "changed" | null> {
  const seen = ports.secrets.seen(observed.namespace, observed.name);
  if (observed.recorded !== true || typeof seen !== "object") return null;
  const vouched = await ports.records.vouched(observed, seen);
  return vouched === null || vouched === "changed" ? vouched : asLeft(vouched, seen);
}

function vouchedBy({ keyOf, text }: Recorded): Vouched {
  return { text, keys: fingerprintsIn(keyOf) };
}

/** Nothing is read or written that the record has told of. */
function asLeft({ keys, text }: Vouched, { resourceVersion }: SecretVersion): Success {
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
  /** Whether it is the SealedSecret or a flag that has changed, and not the Secret alone. */
  readonly respecified: boolean;
  /** Whether the SealedSecret is known to be the newest since the Secret was read. */
  readonly isCurrent: boolean;
  readonly ports: ReconcilePorts;
}

async function settle(work: Work, existing: ExistingSecret | null): Promise<Result> {
  const { observed, sealed, opened, respecified, ports } = work;
  const refused = refusedByPolicy(observed, opened.secret, ports);
  if (refused !== null) return refused;
  const planned = plan(observed, opened.secret, existing, ports.planning);
  if (planned.action === "refuse") return planned;
  try {
    const written = await carryOut(planned, work);
    if (written === "may_not_delete") return { action: "refuse", refusal: { kind: written } };
    const standing = planned.action === "keep" ? opened.record : null;
    return {
      kind: "synced",
      changed: planned.action !== "keep",
      drift: planned.action === "replace" && !respecified ? planned.drift : null,
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
    return settle({ ...work, isCurrent: false }, found);
  }
}

async function carryOut(
  planned: Exclude<Plan, { action: "refuse" }>,
  { observed, isCurrent, ports: { sealedSecrets, secrets } }: Work,
): Promise<SecretVersion | "may_not_delete"> {
  const overwrites = planned.action === "replace" || planned.action === "recreate";
  // After the Secret was read: who is behind would else put back what another replica had made of a newer SealedSecret.
  if (overwrites && !isCurrent && !(await sealedSecrets.isCurrent(observed))) throw behind(observed);
  switch (planned.action) {
    case "create":
      return secrets.create(planned.secret);
    case "replace":
      return secrets.replace(planned.secret, planned.over);
    case "recreate":
      // Whoever is cut short in between leaves no Secret, which the next look makes as any other.
      if (!(await mayDelete(planned.over, secrets))) return "may_not_delete";
      return secrets.create(planned.secret);
    case "keep":
      return planned.existing;
  }
}

/** Deletes the Secret; false where that is not permitted. */
async function mayDelete(existing: ExistingSecret, secrets: SecretStore): Promise<boolean> {
  try {
    await secrets.delete(existing);
    return true;
  } catch (error) {
    if (isApiError(error, "Forbidden")) return false;
    throw error;
  }
}

function behind({ namespace, name }: ObservedSealedSecret): ApiError {
  return new ApiError(`GET sealedsecrets ${namespace}/${name}`, { status: 409, reason: "Conflict" });
}

function fingerprintsIn(keyOf: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set(keyOf.values())].sort();
}
