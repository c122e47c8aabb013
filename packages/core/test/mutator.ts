/** What `JSON.parse` returns. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

export interface Mutator {
  /** One of the documents, changed in one to four places. */
  next(): Json;
}

/** Makes changed documents: the same ones for the same seed. */
export function createMutator(seed: number, documents: readonly Json[]): Mutator {
  const random = randomNumbers(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

  const mutate = (document: Json): Json => {
    const places = placesIn(document);
    const place = pick(places);
    const current = place.holder[place.name] as Json;
    switch (pick(["text", "text", "text", "junk", "remove", "rename", "swap", "graft", "bind", "bind"] as const)) {
      case "text": {
        const texts = places.filter(({ holder, name }) => typeof holder[name] === "string");
        const { holder, name } = texts.length > 0 ? pick(texts) : place;
        put(holder, name, changedText(String(holder[name])));
        break;
      }
      case "junk":
        put(place.holder, place.name, structuredClone(pick(JUNK)));
        break;
      case "remove":
        delete place.holder[place.name];
        break;
      case "rename":
        if (Array.isArray(place.holder)) break;
        delete place.holder[place.name];
        put(place.holder, pick(NAMES), current);
        break;
      case "swap": {
        const other = pick(places);
        const copy = structuredClone(other.holder[other.name] as Json);
        put(other.holder, other.name, structuredClone(current));
        put(place.holder, place.name, copy);
        break;
      }
      case "graft": {
        const foreign = pick(placesIn(structuredClone(pick(documents))));
        put(place.holder, pick([place.name, foreign.name]), foreign.holder[foreign.name] as Json);
        break;
      }
      case "bind": {
        const metadata = (document as JsonObject)["metadata"];
        if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) break;
        put(metadata, ...pick(BINDINGS));
        break;
      }
    }
    return document;
  };

  const changedText = (text: string): string => {
    const at = Math.floor(random() * (text.length + 1));
    switch (pick(["letter", "letter", "cut", "insert", "splice", "blank"] as const)) {
      case "letter":
        return text.slice(0, at) + pick(LETTERS) + text.slice(at + 1);
      case "cut":
        return text.slice(0, at);
      case "insert":
        return text.slice(0, at) + pick(LETTERS).repeat(1 + Math.floor(random() * 8)) + text.slice(at);
      case "splice": {
        const texts = placesIn(pick(documents)).map(({ holder, name }) => holder[name]);
        const other = pick(texts.filter((value) => typeof value === "string"));
        return text.slice(0, at) + other.slice(at);
      }
      case "blank":
        return `${text.slice(0, at)}\n${text.slice(at)}`;
    }
  };

  return {
    next() {
      let document = structuredClone(pick(documents));
      for (let changes = Math.floor(random() * 4); changes >= 0; changes -= 1) document = mutate(document);
      return document;
    },
  };
}

const CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide";
const NAMESPACE_WIDE = "sealedsecrets.bitnami.com/namespace-wide";
const BINDINGS: readonly [string, Json][] = [
  ["name", "other"],
  ["namespace", "elsewhere"],
  ["name", "payments/database"],
  ["namespace", ""],
  ["annotations", { [CLUSTER_WIDE]: "true" }],
  ["annotations", { [NAMESPACE_WIDE]: "true" }],
  ["annotations", { [CLUSTER_WIDE]: "true", [NAMESPACE_WIDE]: "true" }],
  ["annotations", { [CLUSTER_WIDE]: "false" }],
  ["annotations", {}],
  ["creationTimestamp", "2026-01-01T00:00:00Z"],
  ["creationTimestamp", 7],
];
const NAMES = ["__proto__", "constructor", "toString", "a", "b", "c", "", "a/b", "\u0000", "\ud800", "7", "spec.data"];
const LETTERS = ["A", "/", "=", "\n", "\u0000", "\ud83e", "ü", "_", "{{", "}}", ","];
const JUNK: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e308,
  "",
  "__proto__",
  "\ud800",
  "A".repeat(5_000),
  [],
  {},
  [[[[[[]]]]]],
  { a: { a: { a: null } } },
  JSON.parse('{"__proto__":{"a":"AAAA"}}'),
  JSON.parse('{"__proto__":"AAAA","a":7}'),
];

interface Place {
  readonly holder: JsonObject;
  readonly name: string;
}

/** Every field of every object and list of a document; lists count as objects with numbers for names. */
function placesIn(document: Json): readonly Place[] {
  const root: JsonObject = { document };
  const places: Place[] = [];
  const rest: JsonObject[] = [root];
  for (let holder = rest.pop(); holder !== undefined; holder = rest.pop()) {
    for (const [name, value] of Object.entries(holder)) {
      if (holder !== root) places.push({ holder, name });
      if (typeof value === "object" && value !== null) rest.push(value as JsonObject);
    }
  }
  return places.length > 0 ? places : [{ holder: root, name: "document" }];
}

/** As `JSON.parse` would: an own field, whatever it is called. */
function put(holder: JsonObject, name: string, value: Json): void {
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
}

/** Mulberry32: numbers from 0 up to 1, good enough to choose by. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
