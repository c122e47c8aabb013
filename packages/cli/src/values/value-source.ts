import { basename } from "node:path";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import { filesOfFolder } from "./folder-files.ts";
import { type Generator, readGenerator } from "./generated-value.ts";

/** Where the value of an item comes from. */
export type ValueSource =
  | { readonly from: "prompt"; readonly item: string }
  | { readonly from: "stdin"; readonly item: string }
  | { readonly from: "file"; readonly item: string; readonly path: string }
  /** `isPublic` where an argument is the right place for it: a user's name. */
  | { readonly from: "argument"; readonly item: string; readonly value: string; readonly isPublic: boolean }
  | ({ readonly from: "generator" } & Generator)
  /** Any number of items. */
  | { readonly from: "environment file"; readonly path: string };

/** As they were given. */
export interface ValueArguments {
  /** `KEY` is asked for, `KEY=-` is stdin, `KEY=VALUE` is what it says. */
  readonly keys: readonly string[];
  /** `KEY=VALUE`. */
  readonly literals: readonly string[];
  /** `FILE`, `KEY=FILE`, or a folder, whose files name their items. */
  readonly files: readonly string[];
  readonly environmentFiles: readonly string[];
  readonly generators: readonly string[];
}

/**
 * What the arguments say, in their order of kinds. Folders are looked into; no file is read.
 *
 * @param fileItem the item that a file without a name of its own is for; where absent, the file's name is the item's
 * @throws CommandError `usage`, `items` with `generator_invalid`, `folder_empty` or `folder_named`
 */
export async function readValueSources(
  given: ValueArguments,
  io: Io,
  fileItem?: string,
): Promise<readonly ValueSource[]> {
  const files: ValueSource[] = [];
  for (const file of given.files) files.push(...(await fileSources(file, fileItem, io)));
  return [
    ...given.keys.map(keySource),
    ...given.literals.map((literal) => literalSource(literal)),
    ...files,
    ...given.environmentFiles.map((path) => ({ from: "environment file", path }) as const),
    ...given.generators.map((generator) => ({ from: "generator", ...readGenerator(generator) }) as const),
  ];
}

function keySource(text: string): ValueSource {
  const [item, value] = splitAtEquals(text);
  if (item === "") throw usage("a KEY is missing before =", "KEY asks for the value, KEY=- reads it from stdin");
  if (value === undefined) return { from: "prompt", item };
  return value === STDIN ? { from: "stdin", item } : { from: "argument", item, value, isPublic: false };
}

function literalSource(text: string): ValueSource {
  const [item, value] = splitAtEquals(text);
  if (item === "" || value === undefined) throw usage("--from-literal takes KEY=VALUE", "KEY alone asks for the value");
  return { from: "argument", item, value, isPublic: false };
}

async function fileSources(text: string, fileItem: string | undefined, io: Io): Promise<readonly ValueSource[]> {
  const [name, given] = splitAtEquals(text);
  const path = given ?? name;
  const item = given === undefined ? (fileItem ?? basename(path)) : name;
  if (path === "" || item === "") throw usage("--from-file takes FILE, KEY=FILE or FOLDER", "KEY=- reads from stdin");
  if (path === STDIN) {
    if (given !== undefined || fileItem !== undefined) return [{ from: "stdin", item }];
    throw usage("--from-file - does not say for which item", "--from-file KEY=- does");
  }
  if ((await io.files.kindOf(path)) !== "folder") return [{ from: "file", item, path }];
  if (given !== undefined || fileItem !== undefined) {
    throw new CommandError({ code: "items", problem: { code: "folder_named", path, item } });
  }
  return (await filesOfFolder(path, io)).map((file) => ({ from: "file", ...file }));
}

/** What stands before the first `=`, and behind it. */
function splitAtEquals(text: string): readonly [string, string | undefined] {
  const equals = text.indexOf("=");
  return equals === -1 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
}

function usage(message: string, hint: string): CommandError {
  return new CommandError({ code: "usage", message, hint });
}
