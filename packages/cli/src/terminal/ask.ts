import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";

/** A question on a terminal. */
export interface Question {
  /** Without a question mark: `where the certificate comes from`. */
  readonly text: string;
  /** What an empty answer stands for; empty where it may be left out. */
  readonly fallback: string;
  /** What is wrong with an answer, or null: then it is asked again. */
  readonly refuse?: (answer: string) => string | null;
}

/** Asks in the open: not for secrets. @throws CommandError `project` with `question_unanswered` at the input's end */
export async function ask({ text, fallback, refuse }: Question, io: Io): Promise<string> {
  for (;;) {
    await io.stderr.write(`${text}${fallback === "" ? "" : ` [${fallback}]`}: `);
    const line = (await io.stdin.line?.()) ?? null;
    if (line === null) {
      await io.stderr.write("\n");
      throw new CommandError({ code: "project", problem: { code: "question_unanswered", question: text } });
    }
    const answer = line.trim() || fallback;
    const wrong = refuse?.(answer) ?? null;
    if (wrong === null) return answer;
    await io.stderr.write(`${wrong}\n`);
  }
}
