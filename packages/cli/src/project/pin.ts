import { isSeq, parseDocument } from "yaml";

/**
 * The text of a `.sealwright.yaml` with another fingerprint for one of its certificates. The one that it had becomes one of the previous:
 * what was sealed to it still opens. Comments stay.
 */
export function withPin(text: string, name: string, fingerprint: string): string {
  const document = parseDocument(text);
  const path = ["certificates", name];
  const before: unknown = document.getIn([...path, "fingerprint"]);
  if (before === fingerprint) return text;
  document.setIn([...path, "fingerprint"], fingerprint);
  const previous: unknown = document.getIn([...path, "previous"]);
  const known = isSeq(previous) ? previous.toJSON() : typeof previous === "string" ? [previous] : [];
  const rest = (known as readonly unknown[]).filter((each) => each !== fingerprint);
  if (typeof before === "string")
    document.setIn([...path, "previous"], [before, ...rest.filter((each) => each !== before)]);
  return document.toString({ lineWidth: 0 });
}
