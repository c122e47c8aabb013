import { printable, type SealedSecret, valueLength } from "@sealwright/core";

/** An item as a session shows it. */
export interface ListedItem {
  readonly name: string;
  /** Of the value, which a ciphertext does not hide. */
  readonly bytes: number;
  /** What has become of it since the session began. */
  readonly state: "" | "new" | "changed" | `was ${string}`;
}

/** The items of an object as it is now, in their order. */
export function listItems(original: SealedSecret, now: SealedSecret): readonly ListedItem[] {
  const before = new Map(Object.entries(original.spec.encryptedData));
  const names = new Map([...before].map(([name, text]) => [text, name]));
  return Object.entries(now.spec.encryptedData).map(([name, text]) => {
    const oldName = names.get(text);
    if (oldName !== undefined)
      return { name, bytes: valueLength(text), state: oldName === name ? "" : `was ${oldName}` };
    return { name, bytes: valueLength(text), state: before.has(name) ? "changed" : "new" };
  });
}

/** Items that are gone, and not under another name. */
export function removedItems(original: SealedSecret, now: SealedSecret): readonly string[] {
  const { encryptedData } = now.spec;
  const texts = new Set(Object.values(encryptedData));
  return Object.entries(original.spec.encryptedData)
    .filter(([name, text]) => !Object.hasOwn(encryptedData, name) && !texts.has(text))
    .map(([name]) => name);
}

/** A numbered line for each item, and one for those that are gone. */
export function itemLines(original: SealedSecret, now: SealedSecret): string {
  const items = listItems(original, now);
  const width = Math.max(0, ...items.map(({ name }) => printable(name).length));
  const lines = items.map(({ name, bytes, state }, index) => {
    const number = String(index + 1).padStart(3);
    const size = `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
    return `${number}  ${printable(name).padEnd(width)}  ${size}${state === "" ? "" : `  (${printable(state)})`}`;
  });
  const removed = removedItems(original, now);
  if (removed.length > 0) lines.push(`     removed: ${removed.map((name) => printable(name)).join(", ")}`);
  return lines.map((line) => `${line}\n`).join("");
}
