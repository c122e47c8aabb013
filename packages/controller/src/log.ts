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
  const render = format === "text" ? asText : asJson;
  const destination: DestinationStream = {
    write(line) {
      const { time, level, severity, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
      (Number(severity) >= WARN ? err : out).write(`${render({ time, level, msg, ...fields })}\n`);
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

type Entry = Readonly<Record<string, unknown>>;

function asText(entry: Entry): string {
  return Object.entries(entry)
    .map(([key, value]) => `${key}=${quoted(String(value))}`)
    .join(" ");
}

function asJson(entry: Entry): string {
  return escaped(JSON.stringify(entry));
}

function quoted(text: string): string {
  return /^[\x21-\x7e]+$/.test(text) && !/["=\\]/.test(text) ? text : escaped(JSON.stringify(text));
}

/** JSON leaves some characters beyond ASCII as they are that a terminal would obey: those that control or turn the text. */
export function escaped(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
