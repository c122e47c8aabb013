import type { Cause } from "../api-error.ts";
import { asObject, asString, equalJson, type JsonObject } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import type { ResourceRules } from "../resource.ts";
import { forbiddenValue, invalidValue, required, tooLong } from "./cause.ts";
import { dataKey } from "./name-rules.ts";

/** Of all values together. */
const MAX_BYTES = 1024 * 1024;

const SERVICE_ACCOUNT_NAME = "kubernetes.io/service-account.name";

export const secretRules: ResourceRules = {
  /** `stringData` is only written: what it holds becomes data, over what data had. */
  default(secret) {
    const { stringData } = secret;
    delete secret["stringData"];
    const encoded = Object.entries(asObject(stringData)).map(([key, value]): [string, string] => [
      key,
      Buffer.from(asString(value)).toString("base64"),
    ]);
    if (encoded.length > 0) {
      secret["data"] = Object.fromEntries([...Object.entries(asObject(secret["data"])), ...encoded]);
    }
    secret["type"] ??= "Opaque";
  },

  validate(secret) {
    const data = asObject(secret["data"]);
    const keys = Object.keys(data).flatMap((key) => dataKey(key).map((why) => invalidValue(`data[${key}]`, key, why)));
    const size = Object.values(data).reduce(
      (sum: number, value) => sum + Buffer.byteLength(asString(value), "base64"),
      0,
    );
    return [...keys, ...(size > MAX_BYTES ? [tooLong("data", MAX_BYTES)] : []), ...validateType(secret, data)];
  },

  validateUpdate(secret, old) {
    const causes: Cause[] = [];
    if (secret["type"] !== old["type"]) causes.push(invalidValue("type", secret["type"] ?? "", "field is immutable"));
    return [...causes, ...validateImmutable(secret, old, ["data"])];
  },
};

/** What the well-known types ask for. */
function validateType(secret: KubeObject, data: JsonObject): Cause[] {
  const missing = (...keys: string[]) =>
    keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(`data[${key}]`));
  switch (secret["type"]) {
    case "kubernetes.io/tls":
      return missing("tls.crt", "tls.key");
    case "kubernetes.io/ssh-auth":
      return missing("ssh-privatekey");
    case "kubernetes.io/basic-auth": {
      const both = missing("username", "password");
      return both.length === 2 ? both : [];
    }
    case "kubernetes.io/dockercfg":
      return [...missing(".dockercfg"), ...validateJson(data, ".dockercfg")];
    case "kubernetes.io/dockerconfigjson":
      return [...missing(".dockerconfigjson"), ...validateJson(data, ".dockerconfigjson")];
    case "kubernetes.io/service-account-token":
      return secret.metadata.annotations?.[SERVICE_ACCOUNT_NAME]
        ? []
        : [required(`metadata.annotations[${SERVICE_ACCOUNT_NAME}]`)];
    default:
      return [];
  }
}

function validateJson(data: JsonObject, key: string): Cause[] {
  if (!Object.hasOwn(data, key)) return [];
  try {
    JSON.parse(Buffer.from(asString(data[key]), "base64").toString());
    return [];
  } catch {
    return [invalidValue(`data[${key}]`, "<secret contents redacted>", "must be valid JSON")];
  }
}

/** Once `immutable` is set, neither it nor the data may change: the rule of Secrets and ConfigMaps. */
export function validateImmutable(object: KubeObject, old: KubeObject, dataFields: readonly string[]): Cause[] {
  if (old["immutable"] !== true) return [];
  const fields = object["immutable"] === true ? dataFields : ["immutable", ...dataFields];
  return fields
    .filter((field) => !equalJson(object[field] ?? (field === "immutable" ? false : {}), old[field] ?? {}))
    .map((field) => forbiddenValue(field, "field is immutable when `immutable` is set"));
}
