import { chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sourceOf } from "./program.ts";

/** What a stage of a Dockerfile is made of. */
export interface Stage {
  readonly from: string;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Instruction {
  readonly word: string;
  readonly rest: string;
  /** Of a COPY with `<<EOF`. */
  readonly text: string | null;
}

/**
 * Assembles what a stage of a Dockerfile copies, in a folder that stands for the image's root, without any engine. It knows the
 * instructions that need none: whoever adds a RUN needs another test.
 *
 * @param name of the stage; where absent, there is only one
 */
export async function assemble(file: string, root: string, name?: string, arch = "amd64"): Promise<Stage> {
  const instructions = parse(await readFile(sourceOf(file), "utf8")).filter(({ word }) => word !== "ARG");
  const start = instructions.findIndex(
    ({ word, rest }) => word === "FROM" && (name === undefined || rest.endsWith(` AS ${name}`)),
  );
  const [from, ...others] = instructions.slice(start);
  if (from === undefined) throw new Error(`${file} has no stage ${name}`);
  const next = others.findIndex(({ word }) => word === "FROM");
  const stage = {
    from: from.rest.replace(/ AS .*/, "").replace(/\$\{TARGETARCH\}/, arch),
    user: "",
    entrypoint: [] as string[],
    env: {} as Record<string, string>,
  };
  for (const { word, rest, text } of next === -1 ? others : others.slice(0, next)) {
    if (word === "USER") stage.user = rest;
    else if (word === "ENTRYPOINT") stage.entrypoint = JSON.parse(rest) as string[];
    else if (word === "ENV") stage.env[rest.slice(0, rest.indexOf("="))] = rest.slice(rest.indexOf("=") + 1);
    else if (word === "COPY") await copy({ file, root, rest, text, arch });
    else throw new Error(`${word} needs an engine`);
  }
  return stage;
}

interface Copy {
  readonly file: string;
  readonly root: string;
  readonly rest: string;
  readonly text: string | null;
  readonly arch: string;
}

async function copy({ file, root, rest, text, arch }: Copy): Promise<void> {
  const words = rest.split(" ");
  const options = words.filter((word) => word.startsWith("--"));
  const [target = "", ...sources] = words.filter((word) => !word.startsWith("--")).toReversed();
  const mode = options.find((option) => option.startsWith("--chmod="))?.slice("--chmod=".length);
  const stage = options.find((option) => option.startsWith("--from="))?.slice("--from=".length);
  await mkdir(join(root, target.endsWith("/") ? target : dirname(target)), { recursive: true });
  const base =
    stage === undefined ? sourceOf("") : await assembled(file, join(root, "..", `stage-${stage}`), stage, arch);
  for (const source of sources) {
    const to = join(root, target, target.endsWith("/") ? basename(source) : "");
    if (text === null) await cp(join(base, source), to, { recursive: true });
    else await writeFile(to, text);
    if (mode !== undefined) await chmod(to, Number.parseInt(mode, 8));
  }
}

/** The folder of another stage, or of the one that it is made from. */
async function assembled(file: string, root: string, name: string, arch: string): Promise<string> {
  const { from } = await assemble(file, root, name, arch);
  return from === "scratch" ? root : assembled(file, root, from, arch);
}

function parse(text: string): readonly Instruction[] {
  const instructions: Instruction[] = [];
  const lines = text.split("\n");
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, word = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (word === "") continue;
    const end = /<<"?([A-Z]+)"?/.exec(rest)?.[1];
    const body = end === undefined ? null : lines.splice(0, lines.indexOf(end) + 1).slice(0, -1);
    instructions.push({ word, rest, text: body === null ? null : `${body.join("\n")}\n` });
  }
  return instructions;
}
