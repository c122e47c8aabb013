import type { Flags, FlagValues } from "./flags.ts";
import type { Io } from "./io.ts";

/** One command of `sealwright`. */
export interface Command<F extends Flags = Flags> {
  /** `seal`; `cert show` is a command of the command `cert`, which stands before it in the table. */
  readonly name: string;
  readonly summary: string;
  /** What it takes beside flags, any number of times. */
  readonly operand?: { readonly name: string; readonly help: string };
  /** Lines of the help: what to type, and what it does. */
  readonly examples?: readonly string[];
  readonly flags: F;
  /** Left out of the help: it is for programs. */
  readonly isHidden?: true;
  /**
   * Loads what it needs, and nothing else: the other commands and the help cost nothing.
   *
   * @param isGiven whether a flag stands among the arguments; its value may also come from the environment
   */
  run(
    operands: readonly string[],
    flags: FlagValues<F>,
    io: Io,
    isGiven: (flag: keyof F & string) => boolean,
  ): Promise<void>;
}

/** Lets `run` know the flags by their names. */
export function command<F extends Flags>(entry: Command<F>): Command<F> {
  return entry;
}
