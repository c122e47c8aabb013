import process from "node:process";

/** Ctrl-C, held: whoever holds it ends when it is safe to. */
export interface Interruption {
  /** Aborted at the first Ctrl-C; the second ends the process at once, as the first would have without this. */
  readonly signal: AbortSignal;
  release(): void;
}

let held = 0;

/** Whether somebody will end the process when it is safe to. */
export function isInterruptHeld(): boolean {
  return held > 0;
}

/** Holds Ctrl-C (SIGINT) until it is released. */
export function holdInterrupt(): Interruption {
  const controller = new AbortController();
  const onSignal = () => {
    if (!controller.signal.aborted) return controller.abort();
    release();
    process.kill(process.pid, "SIGINT");
  };
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    held -= 1;
    process.removeListener("SIGINT", onSignal);
  };
  held += 1;
  process.on("SIGINT", onSignal);
  return { signal: controller.signal, release };
}
