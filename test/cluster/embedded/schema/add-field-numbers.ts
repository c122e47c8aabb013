/**
 * Writes behind each field of `built-in-types.txt` its number in protobuf (`#2`), as the `generated.proto` files of Kubernetes' Go modules
 * have it. Fields that protobuf does not know, as `kind`, get none.
 */
export function addFieldNumbers(types: string, protos: readonly string[]): string {
  const numbers = new Map(protos.flatMap(parseProto));
  let type = "";
  const lines = types.split("\n").map((line) => {
    const [name = ""] = line.trim().split(" ");
    if (!line.startsWith(" ")) type = name;
    const number = line.startsWith(" ") ? numbers.get(`${type}.${name.replace("!", "")}`) : undefined;
    return number === undefined ? line : `${line} #${number}`;
  });
  return lines.join("\n");
}

const MESSAGE = /^message (\w+) \{\n([\s\S]*?)^\}/gm;
const FIELD = /^ {2}(?:optional|repeated|map<[^>]*>).*? (\w+) = (\d+);/gm;

/** The numbers of a file's fields, by type and field: `core.v1.Secret.data`. */
function parseProto(text: string): [string, string][] {
  const folder = /^package [\w.]+?\.(\w+\.\w+);/m.exec(text)?.[1] ?? "";
  return [...text.matchAll(MESSAGE)].flatMap(([, message = "", body = ""]) =>
    [...body.matchAll(FIELD)].map(([, field = "", number = ""]): [string, string] => {
      return [`${folder}.${message}.${field}`, number];
    }),
  );
}
