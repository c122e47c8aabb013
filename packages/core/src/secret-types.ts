import { type MissingPart, SealwrightError } from "./errors.ts";
import type { Secret } from "./secret.ts";

/** What the API server demands of a Secret of one type, and Kubernetes' documentation of a bootstrap token. */
interface Requirements {
  /** Of each list one item must be there. */
  readonly items?: readonly (readonly string[])[];
  /** Items that must also have at least one byte. */
  readonly filled?: readonly string[];
  /** Annotations that must not be empty. */
  readonly annotations?: readonly string[];
  /** Items that must be JSON objects. */
  readonly json?: readonly string[];
}

const REQUIREMENTS: ReadonlyMap<string, Requirements> = new Map([
  ["kubernetes.io/tls", { items: [["tls.crt"], ["tls.key"]] }],
  ["kubernetes.io/dockercfg", { items: [[".dockercfg"]], json: [".dockercfg"] }],
  ["kubernetes.io/dockerconfigjson", { items: [[".dockerconfigjson"]], json: [".dockerconfigjson"] }],
  ["kubernetes.io/basic-auth", { items: [["username", "password"]] }],
  ["kubernetes.io/ssh-auth", { items: [["ssh-privatekey"]], filled: ["ssh-privatekey"] }],
  ["kubernetes.io/service-account-token", { annotations: ["kubernetes.io/service-account.name"] }],
  ["bootstrap.kubernetes.io/token", { items: [["token-id"], ["token-secret"]] }],
]);

/**
 * Holds a Secret to what the API server demands of its type. `Opaque` and types that are nobody's but the user's demand nothing.
 *
 * @throws SealwrightError `incomplete_type`, `item_not_json`
 */
export function assertSecretType({ type = "Opaque", metadata, data }: Secret): void {
  const { items = [], filled = [], annotations = [], json = [] } = REQUIREMENTS.get(type) ?? {};
  const has = (item: string) => (filled.includes(item) ? (data.get(item)?.length ?? 0) > 0 : data.has(item));
  const missing: MissingPart[] = [
    ...items.filter((anyOf) => !anyOf.some(has)).map((anyOf) => ({ part: "item", anyOf }) as const),
    ...annotations
      .filter((annotation) => (metadata.annotations?.[annotation] ?? "") === "")
      .map((annotation) => ({ part: "annotation", annotation }) as const),
  ];
  if (missing.length > 0) throw new SealwrightError({ code: "incomplete_type", type, missing });
  for (const item of json) {
    if (!isJsonObject(data.get(item))) throw new SealwrightError({ code: "item_not_json", type, item });
  }
}

/** As Go reads it into a map: `null` counts. The parser's own error would quote the value. */
function isJsonObject(bytes: Uint8Array = new Uint8Array()): boolean {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    return typeof value === "object" && !Array.isArray(value);
  } catch {
    return false;
  }
}
