import { CommandError } from "../failure.ts";
import type { Dialogue } from "./dialogue.ts";

/** A question in the open: not for secrets. */
export interface Question {
  /** Without a question mark: `where the certificate comes from`. */
  readonly text: string;
  /** What an empty answer stands for; empty where it may be left out. */
  readonly fallback: string;
  /** What is wrong with an answer, or null: then it is asked again. */
  readonly refuse: (answer: string) => string | null;
}

/** @throws CommandError `interrupted`; `project` with `question_unanswered` at Ctrl-D */
export async function ask({ text, fallback, refuse }: Question, dialogue: Dialogue): Promise<string> {
  for (;;) {
    const line = await dialogue.ask(`${text}${fallback === "" ? "" : ` [${fallback}]`}: `);
    if (line === null) {
      throw new CommandError({ code: "project", problem: { code: "question_unanswered", question: text } });
    }
    const answer = line.trim() || fallback;
    const wrong = refuse(answer);
    if (wrong === null) return answer;
    await dialogue.say(`${wrong}\n`);
  }
}
