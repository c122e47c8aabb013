/** Where a value was found that nobody may see; never the value. */
export interface Leak {
  readonly where: string;
  /** The place of the value among those that were looked for. */
  readonly value: number;
  readonly form: string;
}

type Form = readonly [name: string, text: string];

/** Finds values in texts, as they are and in the forms in which programs write bytes. Values are of eight characters or more. */
export function leaksOf(values: Iterable<string>, texts: ReadonlyMap<string, string>): readonly Leak[] {
  const forms = [...values].flatMap((value, index) =>
    [...formsOf(value)].map(([text, form]) => ({ value: index, form, text })),
  );
  return [...texts].flatMap(([where, text]) =>
    forms.filter((found) => text.includes(found.text)).map(({ value, form }) => ({ where, value, form })),
  );
}

/** Texts that give a value away, with the names of their forms; the first name, where several forms are the same. */
function formsOf(value: string): ReadonlyMap<string, string> {
  if (value.length < 8) throw new RangeError("a value this short is found everywhere");
  const bytes = Buffer.from(value);
  const forms: readonly Form[] = [
    ["plain", value],
    ["JSON within JSON", JSON.stringify(JSON.stringify(value)).slice(3, -3)],
    ["hex", bytes.toString("hex")],
    ["percent", encodeURIComponent(value)],
    ["list of bytes", [...bytes].join(" ")],
    ["array of bytes", [...bytes].join(",")],
    ...[0, 1, 2].flatMap((offset) => base64Forms(bytes, offset)),
  ];
  return new Map(forms.map(([form, text]) => [text, form] as const).reverse());
}

/** What base64 makes of bytes that begin at this place of a group of three, less what depends on their neighbours. */
function base64Forms(bytes: Buffer, offset: number): readonly Form[] {
  const whole = Math.floor((offset + bytes.length) / 3) * 4;
  const from = offset === 0 ? 0 : 4;
  const standard = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .slice(from, whole);
  const url = standard.replaceAll("+", "-").replaceAll("/", "_");
  return [
    [`base64 at ${offset}`, standard],
    [`base64url at ${offset}`, url],
  ];
}
