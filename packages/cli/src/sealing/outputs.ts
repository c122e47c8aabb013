import { dirname } from "node:path";
import type { ManifestFormat } from "@sealwright/core/kubernetes-yaml";
import { CommandError } from "../failure.ts";
import type { Draft, Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import type { FoundFile } from "../paths/find-files.ts";
import type { Governed } from "../project/find-project.ts";
import type { ProjectProblem } from "../project/problem.ts";
import { outputPathOf } from "./output-path.ts";
import { PreviousOutput } from "./previous-output.ts";
import { textFormOf, writerIn } from "./text-form.ts";

/** Where what is sealed goes. */
export type Destination =
  | { readonly to: "stdout" }
  /** One file for everything, whatever it holds now. */
  | { readonly to: "file"; readonly path: string }
  /** A file for each input: beside it, or in a folder that mirrors theirs. */
  | { readonly to: "files"; readonly folder: string | null }
  | { readonly to: "inputs" };

/** An output that is being written. */
export interface Output {
  readonly path: string;
  readonly draft: Draft;
  /** A file that is replaced keeps its encoding, and its byte order mark. */
  readonly write: (text: string) => Promise<void>;
  readonly previous: PreviousOutput | null;
}

/** Takes each output's path once, and keeps the drafts until all of them are good. */
export class Outputs {
  readonly #io: Io;
  readonly #isForced: boolean;
  /** By absolute path: the input that it is for. */
  readonly #taken = new Map<string, string>();
  readonly #staged: Output[] = [];

  /** @param isForced whether files may be replaced that sealing has not made */
  constructor(isForced: boolean, io: Io) {
    this.#isForced = isForced;
    this.#io = io;
  }

  /** @throws CommandError `project` with `output_twice`; `file_unwritable` */
  async begin(path: string, input: string): Promise<Output> {
    const absolute = this.#io.files.resolve(path);
    const other = this.#taken.get(absolute);
    if (other !== undefined) throw refusal({ code: "output_twice", path, inputs: [other, input] });
    this.#taken.set(absolute, input);
    const previous = await PreviousOutput.at(path, this.#io);
    const form = previous === null ? null : await textFormOf(path, this.#io);
    const draft = await this.#io.files.draft(path);
    const output = { path, previous, draft, write: writerIn(form, (content) => draft.write(content)) };
    this.#staged.push(output);
    return output;
  }

  /** All of it is written. @throws CommandError `project` with `output_not_ours`; `file_unwritable` */
  async finish({ path, draft, previous }: Output): Promise<void> {
    await draft.finish();
    if (previous === null) return;
    const why = this.#isForced ? null : await previous.strangeness();
    await previous.close();
    if (why !== null) throw refusal({ code: "output_not_ours", path, why });
  }

  /** There is nothing to be written there after all. */
  async drop(output: Output): Promise<void> {
    this.#staged.splice(this.#staged.indexOf(output), 1);
    await output.previous?.close();
    await output.draft.discard();
  }

  /** @returns how many files are other ones now */
  async commit(): Promise<number> {
    let changed = 0;
    for (const { draft } of this.#staged) if (await draft.commit()) changed += 1;
    return changed;
  }

  /** What is not in place yet never will be. */
  async discard(): Promise<void> {
    for (const { draft, previous } of this.#staged) {
      await previous?.close();
      await draft.discard();
    }
  }
}

/**
 * The output for an input, with the folders that it needs.
 *
 * @throws CommandError `project` with `output_of_stdin`, `output_is_input`
 */
export async function outputFor(
  found: FoundFile,
  destination: Extract<Destination, { to: "files" | "inputs" }>,
  { rule }: Governed,
  io: Io,
): Promise<string> {
  if (found.path === STDIN) throw refusal({ code: "output_of_stdin" });
  if (destination.to === "inputs") return found.path;
  const path = outputPathOf(found, destination.folder, rule?.output);
  if (io.files.resolve(path) === io.files.resolve(found.path)) throw refusal({ code: "output_is_input", path });
  await io.files.makeFolder(dirname(path));
  return path;
}

/** What the flag says, else what the file's name says. */
export function formatFor(path: string | null, asked: ManifestFormat | undefined): ManifestFormat {
  return asked ?? (path?.toLowerCase().endsWith(".json") ? "json" : "yaml");
}

function refusal(problem: ProjectProblem): CommandError {
  return new CommandError({ code: "project", problem });
}
