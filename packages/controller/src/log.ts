import { type DestinationStream, pino } from "pino";

/** All that a log line may carry: names and numbers, never a value. */
export interface LogFields {
  readonly namespace?: string;
  readonly name?: string;
  readonly key?: string;
  readonly fingerprint?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly address?: string;
  readonly version?: string;
  readonly count?: number;
  readonly notAfter?: string;
}

export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export interface LogOptions {
  readonly format: "text" | "json";
  readonly level: "debug" | "info" | "warn" | "error";
  /** Where lines below `warn` go; the others go to standard error. */
  readonly out: DestinationStream;
  readonly err: DestinationStream;
}

const WARN = 40;

/** Lines as Go's slog writes them: `time`, `level` and `msg` first, as logfmt or as JSON. */
export function createLog({ format, level, out, err }: LogOptions): Log {
  const render = format === "text" ? asText : (line: string) => line;
  const destination: DestinationStream = {
    write(line) {
      const severe = (JSON.parse(line) as { severity: number }).severity >= WARN;
      (severe ? err : out).write(render(line));
    },
  };
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label, severity) => ({ level: label.toUpperCase(), severity }) },
    },
    destination,
  );
  const at =
    (severity: "info" | "warn" | "error") =>
    (event: string, fields: LogFields = {}) =>
      logger[severity](fields, event);
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

function asText(line: string): string {
  const { time, level, msg, severity: _, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries({ time, level, msg, ...fields }).map(
    ([key, value]) => `${key}=${quoted(String(value))}`,
  );
  return `${pairs.join(" ")}\n`;
}

function quoted(text: string): string {
  return /^[\x21-\x7e]+$/.test(text) && !/["=\\]/.test(text) ? text : JSON.stringify(text);
}
