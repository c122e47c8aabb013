import type { Place } from "./failure.ts";

/** `secrets.yaml, document 2 (line 14), item 3`, as far as it takes to tell it from others. */
export function where({ source, document, amongOthers, line, item }: Place): string {
  const inSource = amongOthers ? `${source}, document ${document} (line ${line})` : source;
  return item === undefined ? inSource : `${inSource}, item ${item}`;
}
