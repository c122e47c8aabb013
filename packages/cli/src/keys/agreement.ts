import type { Io } from "../io.ts";
import { confirm } from "../terminal/confirm.ts";
import { keyError } from "./age-file.ts";

/**
 * Has somebody agree to what is shown.
 *
 * @param agreed whether somebody did beforehand, by `--yes`
 * @throws CommandError `keys` with `nobody_to_confirm`, `declined`; `interrupted`
 */
export async function mustAgree(plan: string, question: string, agreed: boolean, io: Io): Promise<void> {
  if (agreed) return;
  const answer = await confirm(plan, question, io);
  if (answer === null) throw keyError({ code: "nobody_to_confirm" });
  if (!answer) throw keyError({ code: "declined" });
}
