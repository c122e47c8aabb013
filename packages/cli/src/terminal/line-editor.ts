/** What a key, or what a terminal sends for it, comes to. */
export type LineEvent =
  /** To be shown, where what is typed is. */
  | { readonly event: "echo"; readonly text: string }
  /** Enter. What was typed after it belongs to the next question. */
  | { readonly event: "line"; readonly line: string; readonly rest: string }
  /** Ctrl-C. */
  | { readonly event: "interrupt"; readonly rest: string }
  /** Ctrl-D on an empty line. */
  | { readonly event: "end"; readonly rest: string };

const PASTE_START = "[200~";
const PASTE_END = "[201~";
/** What follows an escape: a function key with its parameters, one of the older kind, or a letter with Alt. */
const SEQUENCE = /^(?:\[[0-9;<=>?]*[ -/]*[@-~]|O[\s\S]|[^[O])/;

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

const segmenter = new Intl.Segmenter();

/**
 * Makes a line of what a terminal in raw mode sends. Pure: what it is fed may be cut anywhere.
 *
 * Backspace takes a character as people see it, Ctrl-U the whole line, Ctrl-W a word. Between the marks of a bracketed paste every
 * character stands for itself, line ends too. Keys that move a cursor do nothing.
 */
export class LineEditor {
  #line = "";
  /** An escape sequence that is not yet at its end. */
  #escape: string | null = null;
  /** What has been pasted so far; null outside of a paste. */
  #paste: string | null = null;

  /** Stops at the end of a line: what follows is in that event. */
  feed(text: string): readonly LineEvent[] {
    const events: LineEvent[] = [];
    const characters = Array.from(text);
    for (const [index, character] of characters.entries()) {
      const rest = () => characters.slice(index + 1).join("");
      const event = this.#take(character, rest);
      if (event === null) continue;
      events.push(event);
      if (event.event !== "echo") break;
    }
    return events;
  }

  #take(character: string, rest: () => string): LineEvent | null {
    if (this.#escape !== null) return this.#continueEscape(character);
    if (character === "\x1b") {
      this.#escape = "";
      return null;
    }
    if (this.#paste !== null) {
      this.#paste += character;
      return null;
    }
    return this.#key(character, rest);
  }

  #key(character: string, rest: () => string): LineEvent | null {
    switch (character) {
      case "\r":
      case "\n":
        return { event: "line", line: this.#line, rest: character === "\r" ? rest().replace(/^\n/, "") : rest() };
      case "\x03":
        return { event: "interrupt", rest: rest() };
      case "\x04":
        return this.#line === "" ? { event: "end", rest: rest() } : null;
      case "\x08":
      case "\x7f":
        return this.#erase([...segmenter.segment(this.#line)].at(-1)?.segment ?? "");
      case "\x15":
        return this.#erase(this.#line);
      case "\x17":
        return this.#erase(/\S*\s*$/.exec(this.#line)?.[0] ?? "");
      case "\t":
        return this.#insert(character);
      default:
        return /\p{Cc}/u.test(character) ? null : this.#insert(character);
    }
  }

  #insert(text: string): LineEvent {
    this.#line += text;
    return { event: "echo", text: text.replace(/\p{Cc}/gu, " ") };
  }

  #erase(end: string): LineEvent | null {
    if (end === "") return null;
    this.#line = this.#line.slice(0, -end.length);
    return { event: "echo", text: "\b \b".repeat(widthOf(end)) };
  }

  #continueEscape(character: string): LineEvent | null {
    const sequence = (this.#escape ?? "") + character;
    this.#escape = SEQUENCE.test(sequence) ? null : sequence;
    if (this.#escape !== null) return null;
    if (this.#paste !== null) return this.#continuePaste(sequence);
    if (sequence === PASTE_START) this.#paste = "";
    return null;
  }

  /** Only its own end ends a paste: any other escape is a part of it. */
  #continuePaste(sequence: string): LineEvent | null {
    if (sequence !== PASTE_END) {
      this.#paste += `\x1b${sequence}`;
      return null;
    }
    const pasted = (this.#paste ?? "").replace(/\r\n?/g, "\n");
    this.#paste = null;
    const isOneLine = pasted.indexOf("\n") === pasted.length - 1;
    return this.#insert(isOneLine ? pasted.slice(0, -1) : pasted);
  }
}

/** In columns of a terminal. */
function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}
