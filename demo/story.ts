import { styleText } from "node:util";

/** What is told in the terminal: numbered chapters, with lines of detail under each. Colour only where a terminal shows it. */
export class Story {
  readonly #out: NodeJS.WriteStream;
  #chapter = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  chapter(title: string): void {
    this.#chapter += 1;
    this.say(`\n${this.#style("bold", `${this.#chapter}. ${title}`)}`);
  }

  say(line: string): void {
    this.#out.write(`${line}\n`);
  }

  detail(label: string, text: string): void {
    this.say(`   ${this.#style("dim", label.padEnd(14))} ${text}`);
  }

  good(text: string): void {
    this.say(`   ${this.#style("green", "✔")} ${text}`);
  }

  refused(text: string): void {
    this.say(`   ${this.#style("yellow", "✘")} ${text}`);
  }

  #style(format: "bold" | "dim" | "green" | "yellow", text: string): string {
    return styleText(format, text, { stream: this.#out });
  }
}

/** Stands for a value of any length. */
export const MASK = "●●●●●●●●";
