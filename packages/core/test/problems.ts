import { type Problem, SealwrightError } from "../src/index.ts";

/** The problem that an action ends with; an error of any other kind passes through. */
export async function problemOf(action: () => unknown): Promise<Problem> {
  try {
    await action();
  } catch (error) {
    if (error instanceof SealwrightError) return error.problem;
    throw error;
  }
  throw new Error("nothing was refused");
}
