/** Stands for test/vectors/vector-text.ts in a browser: the runner has read the files. */
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    readonly vectors: Readonly<Record<string, string>>;
  }
}

export function vectorText(name: string): string {
  const text = inject("vectors")[name];
  if (text === undefined) throw new Error(`no vectors ${name}`);
  return text;
}
