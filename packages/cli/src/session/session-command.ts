import { similarName } from "../similar-name.ts";

/** What can be typed in a session. */
export const SESSION_COMMANDS = {
  list: "show the items",
  set: "ITEM: another value, which is asked for",
  add: "ITEM: a new item, whose value is asked for",
  generate: "ITEM[:LENGTH[:CHARACTERS]]: a value that nobody sees",
  rename: "ITEM NEW: another name for it",
  remove: "ITEM: take it out",
  save: "write all changes into the file, and leave",
  quit: "leave, and change nothing",
  help: "show this",
} as const;

export type SessionCommandName = keyof typeof SESSION_COMMANDS;

/** A line taken apart, or what is wrong with it. */
export type SessionCommand =
  | { readonly name: SessionCommandName; readonly words: readonly string[] }
  | { readonly wrong: string };

/** How many words each takes; none where it is not named. */
const WORDS: Partial<Record<SessionCommandName, number>> = { set: 1, add: 1, generate: 1, rename: 2, remove: 1 };

/** A command may be cut short as long as it is clear which is meant. Null for a blank line. */
export function readSessionCommand(line: string): SessionCommand | null {
  const [typed = "", ...words] = line.trim().split(/\s+/);
  if (typed === "") return null;
  const names = Object.keys(SESSION_COMMANDS) as SessionCommandName[];
  const fitting = typed === "?" ? (["help"] as const) : names.filter((name) => name.startsWith(typed.toLowerCase()));
  const [name, ...others] = fitting;
  if (name === undefined) {
    const similar = similarName(typed, names);
    return {
      wrong: `there is no command of that name${similar === null ? ": help shows them" : `: did you mean ${similar}?`}`,
    };
  }
  if (others.length > 0) return { wrong: `that may be ${fitting.join(" or ")}` };
  const wanted = WORDS[name] ?? 0;
  if (words.length !== wanted) {
    return { wrong: wanted === 0 ? `${name} takes nothing more` : `${name} ${SESSION_COMMANDS[name]}` };
  }
  return { name, words };
}

export function sessionHelp(): string {
  const lines = Object.entries(SESSION_COMMANDS).map(([name, help]) => `  ${name.padEnd(8)}  ${help}\n`);
  return `${lines.join("")}An item goes by its number or its name. Ctrl-C leaves at once, and changes nothing.\n`;
}
