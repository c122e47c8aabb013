import { asObject, asString } from "../json.ts";
import type { ResourceRules } from "../resource.ts";
import { invalidValue, tooLong } from "./cause.ts";
import { dataKey } from "./name-rules.ts";
import { validateImmutable } from "./secret-rules.ts";

/** Of all values together. */
const MAX_BYTES = 1024 * 1024;

export const configMapRules: ResourceRules = {
  validate(configMap) {
    const data = asObject(configMap["data"]);
    const binaryData = asObject(configMap["binaryData"]);
    const wrong = (field: string, key: string) => dataKey(key).map((why) => invalidValue(`${field}[${key}]`, key, why));
    const texts = Object.values(data).map((value) => Buffer.byteLength(asString(value)));
    const binaries = Object.values(binaryData).map((value) => Buffer.byteLength(asString(value), "base64"));
    const size = [...texts, ...binaries].reduce((sum, bytes) => sum + bytes, 0);
    return [
      ...Object.keys(data).flatMap((key) => [
        ...wrong("data", key),
        ...(Object.hasOwn(binaryData, key)
          ? [invalidValue(`data[${key}]`, key, "duplicate of key present in binaryData")]
          : []),
      ]),
      ...Object.keys(binaryData).flatMap((key) => wrong("binaryData", key)),
      // The field is empty here: a ConfigMap's values are no one field.
      ...(size > MAX_BYTES ? [tooLong("[]", MAX_BYTES)] : []),
    ];
  },

  validateUpdate: (configMap, old) => validateImmutable(configMap, old, ["data", "binaryData"]),
};
