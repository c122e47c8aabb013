import type { Io } from "../io.ts";

/**
 * Shows what is to be done and asks whether it shall be.
 *
 * @param text ended lines
 * @returns null where there is nobody to be asked
 * @throws CommandError `interrupted`
 */
export async function confirm(text: string, question: string, io: Io): Promise<boolean | null> {
  const dialogue = await io.terminal.open();
  if (dialogue === null) return null;
  try {
    await dialogue.say(text);
    const answer = await dialogue.ask(`${question} (yes/no) `);
    return /^\s*y(es)?\s*$/i.test(answer ?? "");
  } finally {
    dialogue.close();
  }
}
