import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** What the kernel (Linux) says of a process that runs. */
export interface Usage {
  /** Seconds of processor time so far. */
  readonly cpu: number;
  /** Bytes of memory now, and at the worst moment. */
  readonly memory: number;
  readonly peak: number;
}

/** Of a second; Linux tells programs so on every platform that matters here. */
const TICKS = 100;

export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field, a name in brackets, can hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const bytes = (name: string) => 1_024 * Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return {
    cpu: (Number(fields[11]) + Number(fields[12])) / TICKS,
    memory: bytes("VmRSS"),
    peak: bytes("VmHWM"),
  };
}

/** The process of another program that a process started and that runs; undefined as long as there is none. */
export function programStartedBy(pid: number): number | undefined {
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number),
  );
  // Until it becomes another program, a child is a copy of its parent; and Go makes one just to see what the kernel can do.
  return children.find((child) => ![programOf(pid), null].includes(programOf(child)));
}

function programOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return null;
  }
}

/** Milliseconds between looks, of quiet that make rest, and seconds of processor time that count as quiet. */
const INTERVAL = 50;
const QUIET = 1_500;
const LITTLE = 0.06;

/**
 * Waits until a process has nothing to do, by the processor time that it takes, so that asking it does not disturb it.
 *
 * @returns since when, on the clock of `performance`
 */
export async function restOf(pid: number): Promise<number> {
  const looks: { readonly at: number; readonly cpu: number }[] = [];
  for (;;) {
    const now = { at: performance.now(), cpu: usageOf(pid).cpu };
    looks.push(now);
    const quiet = looks.findLast(({ at }) => now.at - at >= QUIET);
    if (quiet !== undefined && now.cpu - quiet.cpu <= LITTLE) {
      return looks.find(({ cpu }) => now.cpu - cpu <= LITTLE)?.at ?? now.at;
    }
    await pause(INTERVAL);
  }
}
