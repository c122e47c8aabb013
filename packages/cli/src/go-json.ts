/** A field's place among its siblings is its place here; the fields of those that are objects themselves come with them. */
interface Layout {
  readonly [field: string]: Layout | null;
}

const METADATA: Layout = {
  name: null,
  generateName: null,
  namespace: null,
  selfLink: null,
  uid: null,
  resourceVersion: null,
  generation: null,
  creationTimestamp: null,
  deletionTimestamp: null,
  deletionGracePeriodSeconds: null,
  labels: {},
  annotations: {},
  ownerReferences: {},
  finalizers: null,
  managedFields: {},
};

/** Of a Secret and of a SealedSecret, which have no field of one name in different places. */
const OBJECT: Layout = {
  kind: null,
  apiVersion: null,
  metadata: METADATA,
  immutable: null,
  spec: { template: { metadata: METADATA, type: null, immutable: null, data: {} }, data: null, encryptedData: {} },
  data: {},
  stringData: {},
  type: null,
  status: { observedGeneration: null, conditions: {} },
};

/**
 * A Secret or SealedSecret as the text that Go's encoder makes of it: indented by two spaces, fields in the order in which the types
 * declare them, the keys of maps sorted by their bytes. Fields that the types do not have come after the others. It is not left to
 * `JSON.stringify`, because an object of JavaScript cannot hold a key such as `10` before `9`, or after `a`.
 */
export function goJson(object: object): string {
  return `${write(object, OBJECT, "")}\n`;
}

function write(value: unknown, layout: Layout, margin: string): string {
  const inner = `${margin}  `;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => inner + write(item, {}, inner));
    return enclosed("[", items, "]", margin);
  }
  if (typeof value === "object" && value !== null) {
    const fields = entriesInOrder(value, layout).map(([key, field]) => {
      return `${inner}${scalar(key)}: ${write(field, layoutOf(layout, key) ?? {}, inner)}`;
    });
    return enclosed("{", fields, "}", margin);
  }
  return scalar(value);
}

function enclosed(open: string, lines: readonly string[], close: string, margin: string): string {
  return lines.length === 0 ? open + close : `${open}\n${lines.join(",\n")}\n${margin}${close}`;
}

function entriesInOrder(object: object, layout: Layout): readonly [string, unknown][] {
  const places = Object.keys(layout);
  const placeOf = (key: string) => (Object.hasOwn(layout, key) ? places.indexOf(key) : places.length);
  const fields = Object.entries(object).filter(([, value]) => value !== undefined);
  return fields.sort(([a], [b]) => placeOf(a) - placeOf(b) || Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function layoutOf(layout: Layout, key: string): Layout | null {
  return Object.hasOwn(layout, key) ? (layout[key] ?? null) : null;
}

/** Go escapes what HTML and JavaScript would take for their own. */
function scalar(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
