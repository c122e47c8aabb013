import { ApiError } from "../kubernetes/api-error.ts";
import { failureOf } from "../outcome.ts";
import type { OwnedSecret, ReconcilePorts, SecretStore } from "../ports.ts";
import type { Audit, AuditAction } from "./audit.ts";

type Audited = Pick<ReconcilePorts, "unseal" | "secrets">;

/** The same ports, with a line in the audit log for whatever is opened or written through them. */
export function auditedPorts({ unseal, secrets }: Audited, audit: Audit): Audited {
  return {
    unseal: async (sealed, known) => {
      const { namespace, name, uid } = sealed.metadata;
      const at = { audit: "unseal", namespace, name, uid: uid === undefined ? uid : String(uid) } as const;
      try {
        const unsealed = await unseal(sealed, known);
        const keys = [...new Set(unsealed.keyOf.values())];
        audit.record({ ...at, result: "ok", items: unsealed.keyOf.size, keys });
        return unsealed;
      } catch (error) {
        audit.record({ ...at, result: failureOf(error).reason });
        throw error;
      }
    },
    secrets: auditedSecrets(secrets, audit),
  };
}

function auditedSecrets(secrets: SecretStore, audit: Audit): SecretStore {
  const noted = async <T>(action: AuditAction, { secret }: Pick<OwnedSecret, "secret">, write: () => Promise<T>) => {
    const { namespace, name } = secret.metadata;
    try {
      const result = await write();
      audit.record({ audit: action, result: "ok", namespace, name });
      return result;
    } catch (error) {
      audit.record({ audit: action, result: wordFor(error), namespace, name });
      throw error;
    }
  };
  return {
    seen: (namespace, name) => secrets.seen(namespace, name),
    get: (namespace, name) => secrets.get(namespace, name),
    create: (wanted) => noted("create", wanted, () => secrets.create(wanted)),
    replace: (wanted, over) => noted("replace", wanted, () => secrets.replace(wanted, over)),
    delete: (existing) => noted("delete", existing, () => secrets.delete(existing)),
  };
}

/** The API server's own word, where it had one: `Conflict` says more than that the Secret was refused. */
function wordFor(error: unknown): string {
  return error instanceof ApiError ? error.reason : failureOf(error).reason;
}
