/** Whether a text that is no manifest was meant to be a SealedSecret: it is broken, or a template of one. */
export function looksSealed(text: string): boolean {
  return /["']?kind["']?\s*:\s*["']?SealedSecret\b/.test(text);
}
