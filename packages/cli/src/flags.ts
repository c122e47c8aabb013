/** One flag of a command. */
export interface Flag {
  /** One letter. */
  readonly short?: string;
  /** What stands for its value in the help; a flag without one is a switch. */
  readonly value?: string;
  /** Whether it may be given any number of times. */
  readonly many?: true;
  readonly help: string;
  /** The environment variable that is its default, unless it is empty. */
  readonly env?: string;
  /** Its value where neither the arguments nor the environment have one. */
  readonly fallback?: string;
}

/** By long name, without the dashes. */
export type Flags = Readonly<Record<string, Flag>>;

type FlagValue<F extends Flag> = F extends { readonly value: string }
  ? F extends { readonly many: true }
    ? readonly string[]
    : F extends { readonly fallback: string }
      ? string
      : string | undefined
  : boolean;

/** What the arguments and the environment say, by a flag's long name. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: FlagValue<F[K]> };
