/** Why a text is no name of some kind, in the API server's words; empty where it is one. */
export type NameRule = (text: string) => string[];

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE = `(${QUALIFIED})?`;
const DATA_KEY = "[-._a-zA-Z0-9]+";

export const dnsLabel: NameRule = rule(
  63,
  LABEL,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric" +
    " character (e.g. 'my-name',  or '123-abc', regex used for validation is",
);

export const dnsSubdomain: NameRule = rule(
  253,
  SUBDOMAIN,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an" +
    " alphanumeric character (e.g. 'example.com', regex used for validation is",
);

export const labelValue: NameRule = rule(
  63,
  LABEL_VALUE,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an" +
    " alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is",
);

const configKey: NameRule = rule(
  253,
  DATA_KEY,
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name'," +
    " regex used for validation is",
);

const qualifiedPart: NameRule = rule(
  63,
  QUALIFIED,
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName'," +
    "  or 'my.name',  or '123-abc', regex used for validation is",
);

function rule(maxLength: number, pattern: string, why: string): NameRule {
  const whole = new RegExp(`^${pattern}$`);
  return (text) => [
    ...(text.length > maxLength ? [`must be no more than ${maxLength} bytes`] : []),
    ...(whole.test(text) ? [] : [`${why} '${pattern}')`]),
  ];
}

/** A key of a Secret's or ConfigMap's data. */
export function dataKey(text: string): string[] {
  const dots = text === "." || text === ".." ? [`must not be '${text}'`] : [];
  return [
    ...configKey(text),
    ...dots,
    ...(dots.length === 0 && text.startsWith("..") ? ["must not start with '..'"] : []),
  ];
}

/** A label's key, an annotation's, a finalizer: `example.com/name`, with or without the prefix. */
export function qualifiedName(text: string): string[] {
  const parts = text.split("/");
  const name = parts.at(-1) ?? "";
  const prefixWrong = parts.length === 2 ? prefixOf(parts[0] ?? "") : [];
  if (parts.length > 2) {
    return [`a qualified name ${qualifiedPart("").join()} with an optional DNS subdomain prefix and '/'`];
  }
  const empty = name === "" ? ["name part must be non-empty"] : [];
  return [...prefixWrong, ...empty, ...qualifiedPart(name).map((why) => `name part ${why}`)];
}

function prefixOf(prefix: string): string[] {
  return prefix === "" ? ["prefix part must be non-empty"] : dnsSubdomain(prefix).map((why) => `prefix part ${why}`);
}

/** What may stand in a URL path as one segment, as the names of roles do. */
export function pathSegment(text: string): string[] {
  if (text === "." || text === "..") return [`may not be '${text}'`];
  return ["/", "%"]
    .filter((character) => text.includes(character))
    .map((character) => `may not contain '${character}'`);
}
