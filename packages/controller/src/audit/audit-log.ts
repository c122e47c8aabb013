import type { Log } from "../log.ts";
import type { Clock } from "../ports.ts";
import { type Audit, type AuditEvent, auditLine } from "./audit.ts";

export interface AuditLogOptions {
  /** Appends whole lines; rejects where it cannot. One call at a time. */
  readonly write: (lines: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lines that wait for a slow disk: a few megabytes. */
const MOST_WAITING = 10_000;

/** Writes audit lines behind the work that they tell of. A disk that takes none stops nothing: lines are lost then, and counted. */
export class AuditLog implements Audit {
  readonly #options: AuditLogOptions;
  #waiting: string[] = [];
  #writing: Promise<void> | null = null;
  #failing = false;
  #lost = 0;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** How many lines were lost. */
  get lost(): number {
    return this.#lost;
  }

  record(event: AuditEvent): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(auditLine(event, this.#options.clock.now()));
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  /** Resolves once everything is written, or lost. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      await this.#write(lines);
    }
  }

  async #write(lines: readonly string[]): Promise<void> {
    const { write, log } = this.#options;
    try {
      await write(lines.join(""));
      if (this.#failing) log.info("The audit log is written again", { count: this.#lost });
      this.#failing = false;
    } catch (error) {
      this.#lost += lines.length;
      const message = (error as NodeJS.ErrnoException).code ?? "unknown";
      if (!this.#failing)
        log.error("The audit log cannot be written: its lines are lost, the work goes on", { message });
      this.#failing = true;
    }
  }
}
