import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { requirePeers } from "../binaries.ts";

export interface TemplateQuestion {
  readonly items: ReadonlyMap<string, Uint8Array>;
  readonly name: string;
  readonly text: string;
  /** Bytes of output. */
  readonly limit: number;
}

/** What became of a template; see main.go. */
export interface TemplateAnswer {
  /** 0 is a success; see render.Status. */
  readonly status: number;
  /** In base64. */
  readonly output: string;
  /** 0 where Go tells none. */
  readonly line: number;
  readonly column: number;
  /** Go's whole message, in base64. */
  readonly error: string;
}

export interface OracleAnswers {
  /** The functions that templates have beside text/template's own, sorted. */
  readonly functions: readonly string[];
  readonly answers: readonly TemplateAnswer[];
}

/** Asks the Go program about many templates at once. */
export async function askOracle(questions: readonly TemplateQuestion[]): Promise<OracleAnswers> {
  const { templateOracle } = requirePeers("templateOracle");
  // An empty TZ is the time zone of the Go project's container, which has no other.
  const child = spawn(templateOracle, { stdio: ["pipe", "pipe", "inherit"], env: { TZ: "" } });
  const output = buffer(child.stdout);
  for (const question of questions) child.stdin.write(`${JSON.stringify(question, asJson)}\n`);
  child.stdin.end();
  const [functions = "[]", ...answers] = (await output).toString("utf8").split("\n").slice(0, -1);
  if (answers.length !== questions.length) {
    throw new Error(`template-oracle answered ${answers.length} of ${questions.length}`);
  }
  return {
    functions: JSON.parse(functions) as string[],
    answers: answers.map((line) => JSON.parse(line) as TemplateAnswer),
  };
}

function asJson(_: string, value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  const entries = [...(value as ReadonlyMap<string, Uint8Array>)];
  return Object.fromEntries(entries.map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]));
}
