import { readFileSync } from "node:fs";

/**
 * The text of a file of this folder. In a browser, test/runtimes puts the texts in place of this module; as JSON modules, they would lose the
 * items named `__proto__`.
 */
export function vectorText(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}
