/** Stands for the module of that name beside the tests of rewriting: the runner has read the files. */
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    readonly manifests: Readonly<Record<string, string>>;
  }
}

export function manifestTexts(): Readonly<Record<string, string>> {
  return inject("manifests");
}
