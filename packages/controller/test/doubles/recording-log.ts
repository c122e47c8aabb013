import type { Log, LogFields } from "../../src/log.ts";

export interface LoggedLine extends LogFields {
  readonly level: "info" | "warn" | "error";
  readonly event: string;
}

/** A log that keeps its lines. */
export function recordingLog(): Log & { readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const at =
    (level: LoggedLine["level"]) =>
    (event: string, fields: LogFields = {}) => {
      lines.push({ level, event, ...fields });
    };
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}
