import type { Paint } from "./colour.ts";

/** The person in front, wherever stdin and stdout lead. */
export interface Terminal {
  /** Null where there is nobody to be asked. */
  open(): Promise<Dialogue | null>;
  /** Shows a text that is longer than the screen, a screen at a time; false where it is to be written to stdout as any other. */
  page(text: string): Promise<boolean>;
}

/** Questions and answers. Every one of them throws CommandError `interrupted` at Ctrl-C. */
export interface Dialogue {
  readonly paint: Paint;
  say(text: string): Promise<void>;
  /** One line, shown as it is typed; null at Ctrl-D. */
  ask(question: string): Promise<string | null>;
  /**
   * What is typed or pasted, of which nothing is shown; null at Ctrl-D. A paste of several lines is one answer where the terminal
   * marks pastes; of a single line, its line end is left out. @throws CommandError `items` with `answer_lines`, `answer_encoding`
   */
  askHidden(question: string): Promise<string | null>;
  /** Gives the terminal back. */
  close(): void;
}
