import process from "node:process";
import { isInterruptHeld } from "./interruption.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What of this process would be left behind. */
const pending = new Set<() => void>();

/**
 * Has something undone should a signal end the process before it is done: at once, for nothing is waited for then.
 *
 * @returns takes that back
 */
export function undoAtSignal(undo: () => void): () => void {
  if (pending.size === 0) for (const signal of SIGNALS) process.on(signal, endUndone);
  const entry = () => undo();
  pending.add(entry);
  return () => {
    if (pending.delete(entry) && pending.size === 0) unlisten();
  };
}

/** Undoes everything, and ends as the signal would have ended it. */
function endUndone(signal: NodeJS.Signals): void {
  if (signal === "SIGINT" && isInterruptHeld()) return;
  unlisten();
  for (const undo of pending) {
    try {
      undo();
    } catch {
      // It ends all the same, and the others are undone.
    }
  }
  process.kill(process.pid, signal);
}

function unlisten(): void {
  for (const signal of SIGNALS) process.removeListener(signal, endUndone);
}
