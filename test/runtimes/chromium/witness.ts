/** Stands for packages/core/test/witness.ts in a browser: Node answers, over vitest's line to it. */
import { commands } from "vitest/browser";
import type * as witness from "../../../packages/core/test/witness.ts";

type Witness = typeof witness;

/** What is asked of Node; the arguments and the answer are JSON. */
export type Question = Exclude<keyof Witness, "shown">;

declare module "vitest/browser" {
  interface BrowserCommands {
    answer(question: Question, args: readonly unknown[]): Promise<unknown>;
  }
}

export const certificateFacts = ask("certificateFacts");
export const privateKeyFacts = ask("privateKeyFacts");
export const rewritePrivateKey = ask("rewritePrivateKey");
export const keysOfOtherKinds = ask("keysOfOtherKinds");
export const issueCertificate = ask("issueCertificate");
export const bundledWorker: Witness["bundledWorker"] = () => ask("bundledWorker")("browser");

function ask<Q extends Question>(question: Q): Witness[Q] {
  return ((...args: unknown[]) => commands.answer(question, args)) as Witness[Q];
}

/** A browser's console shows the own properties of whatever hangs together: here is their text, each object once. */
export const shown: Witness["shown"] = (value) => {
  const seen = new Set<unknown>();
  const lines: string[] = [];
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) lines.push(String(part));
    if (typeof part !== "object" || part === null || seen.has(part)) return;
    seen.add(part);
    if (ArrayBuffer.isView(part)) lines.push(String(part));
    if (part instanceof Map || part instanceof Set) for (const entry of part) visit(entry);
    for (const key of Reflect.ownKeys(part)) {
      lines.push(String(key));
      visit(Reflect.get(part, key));
    }
  };
  visit(value);
  return lines.join("\n");
};
