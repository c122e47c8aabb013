import { type Certificate, type Edit, type SealedSecret, SealwrightError } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import { renderError } from "../render-error.ts";
import { editItems } from "../sealed-file/edit-items.ts";
import type { SealedFile } from "../sealed-file/sealed-file.ts";
import { paintLabels } from "../terminal/colour.ts";
import type { Dialogue } from "../terminal/dialogue.ts";
import { generateValue, readGenerator } from "../values/generated-value.ts";
import { askValue } from "../values/read-values.ts";
import { itemLines, listItems } from "./item-list.ts";
import { readSessionCommand, type SessionCommandName, sessionHelp } from "./session-command.ts";

export interface SessionOptions {
  readonly certificate: Certificate;
  readonly namespace: string | undefined;
}

/** Changes items of a file's object as somebody at a terminal asks for. Nothing is written: what comes of it is for the caller to save. */
export class EditSession {
  readonly #file: SealedFile;
  readonly #options: SessionOptions;
  readonly #dialogue: Dialogue;
  #now: SealedSecret;

  constructor(file: SealedFile, options: SessionOptions, dialogue: Dialogue) {
    this.#file = file;
    this.#options = options;
    this.#dialogue = dialogue;
    this.#now = file.sealed;
  }

  /** The object as it is to be; null where nothing is to be saved. @throws CommandError `interrupted` */
  async run(): Promise<SealedSecret | null> {
    await this.#list();
    for (;;) {
      const line = await this.#dialogue.ask("set, add, generate, rename, remove, list, save, quit, help> ");
      if (line === null) return null;
      const command = readSessionCommand(line);
      if (command === null) continue;
      if ("wrong" in command) await this.#dialogue.say(`${command.wrong}\n`);
      else if (command.name === "save") return this.#now === this.#file.sealed ? null : this.#now;
      else if (command.name === "quit") {
        if (await this.#mayLeave()) return null;
      } else await this.#tell(() => this.#do(command.name, command.words));
    }
  }

  async #do(name: SessionCommandName, [first = "", second = ""]: readonly string[]): Promise<void> {
    switch (name) {
      case "set":
        return this.#set(this.#itemOf(first), `New value of ${this.#itemOf(first)}`, "replace");
      case "add":
        // Its name is refused before anybody has typed a value.
        await this.#edited({ edit: "add", item: first, value: new Uint8Array() });
        return this.#set(first, `Value of the new item ${first}`, "add");
      case "generate": {
        const [item = "", ...rest] = first.split(":");
        const generator = readGenerator([this.#names().has(item) ? item : this.#numbered(item), ...rest].join(":"));
        return this.#edit({ edit: "set", item: generator.item, value: generateValue(generator) });
      }
      case "rename":
        return this.#edit({ edit: "rename", item: this.#itemOf(first), to: second });
      case "remove":
        return this.#edit({ edit: "remove", item: this.#itemOf(first) });
      case "list":
        return this.#list();
      default:
        return this.#dialogue.say(sessionHelp());
    }
  }

  async #set(item: string, question: string, edit: "replace" | "add"): Promise<void> {
    const options = { allowEmpty: true, confirm: false, chomp: false, questionFor: () => question };
    const value = await askValue(item, options, this.#dialogue);
    if (value.length === 0 && !(await this.#agrees(`Seal an empty value for ${item}?`))) return;
    await this.#edit({ edit, item, value });
  }

  async #edit(edit: Edit): Promise<void> {
    this.#now = await this.#edited(edit);
    await this.#list();
  }

  #edited(edit: Edit): Promise<SealedSecret> {
    return editItems({ ...this.#file, sealed: this.#now }, [edit], this.#options);
  }

  #list(): Promise<void> {
    return this.#dialogue.say(itemLines(this.#file.sealed, this.#now));
  }

  async #mayLeave(): Promise<boolean> {
    return this.#now === this.#file.sealed || this.#agrees("Leave without saving?");
  }

  async #agrees(question: string): Promise<boolean> {
    return /^y(es)?$/i.test((await this.#dialogue.ask(`${question} [y/N] `)) ?? "");
  }

  /** By its name, or by its number in the list. */
  #itemOf(typed: string): string {
    const item = this.#names().has(typed) ? typed : this.#numbered(typed);
    if (this.#names().has(item)) return item;
    const { place } = this.#file.manifest;
    const items = [...this.#names()];
    throw new CommandError({ code: "items", problem: { code: "item_unknown", place, item, items } });
  }

  #numbered(typed: string): string {
    const items = listItems(this.#file.sealed, this.#now);
    return (/^[0-9]+$/.test(typed) ? items[Number(typed) - 1]?.name : undefined) ?? typed;
  }

  #names(): ReadonlySet<string> {
    return new Set(Object.keys(this.#now.spec.encryptedData));
  }

  /** What is wrong is said, and the session goes on. */
  async #tell(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const isKnown = error instanceof CommandError || error instanceof SealwrightError;
      if (!isKnown || (error instanceof CommandError && error.failure.code === "interrupted")) throw error;
      await this.#dialogue.say(paintLabels(renderError(error, "sealwright").text, this.#dialogue.paint));
    }
  }
}
