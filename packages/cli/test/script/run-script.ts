import { execFileSync } from "node:child_process";
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { readSealedSecret, readSecret, secretManifest, unseal } from "@sealwright/core";
import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { expect } from "vitest";
import { ExitCode } from "../../src/exit-codes.ts";
import { MOODS } from "../api-server-double.ts";
import type { TestKeys } from "../keys.ts";
import { call, type Result, start } from "./program.ts";
import { FORM, isBuilt } from "./published.ts";
import { type EmbeddedFile, encode, parseScript, type Step } from "./script.ts";
import { World } from "./world.ts";

/** Runs a script from its first step to its last; the first expectation that is not met fails it. */
export async function runScript(source: string, keys: TestKeys): Promise<void> {
  const { steps, files } = parseScript(source);
  const world = await World.create(keys, files);
  try {
    const run = new Run(world, files);
    for (const step of steps) await run.take(step);
    run.expectNothingElse();
    const left = (await readdir(world.folder)).filter((name) => name.endsWith(".tmp"));
    expect(left, "files that were begun and not finished").toEqual([]);
  } finally {
    await world.close();
  }
}

type Action = (run: Run, operands: readonly string[], block: string | null) => unknown;

/** The steps, by their first word. `NAME` is a file in the script's folder, or `stdout`, `stderr` or `screen` of the last run. */
const ACTIONS: Readonly<Record<string, Action>> = {
  // What the next run finds: the input, the environment, the time, an API server in some mood, files.
  stdin: (run, [name]) => run.setStdin(name, false),
  terminal: (run, [name]) => run.setStdin(name, true),
  onscreen: ({ world }, [state]) => {
    world.isOnScreen = state === "yes";
  },
  interrupt: ({ world }) => {
    world.interrupted = AbortSignal.abort();
  },
  types: ({ world }, _, block) => {
    world.answers = (block ?? "").split("\n").slice(0, -1);
  },
  env: ({ world }, [name = "", value = ""]) => {
    world.env[name] = value;
  },
  clock: ({ world }, [time = ""]) => {
    world.setClock(time === "now" ? null : new Date(time));
  },
  cluster: ({ world }, [mood]) => world.startCluster(known(MOODS.find((other) => other === mood))),
  serves: async ({ world }, [request = "", name], block) => {
    world.served.set(request, name === undefined ? (block ?? "") : await readFile(world.path(name), "utf8"));
  },
  folder: ({ world }, [name = ""]) => mkdir(world.path(name)),
  link: ({ world }, [name = "", target = ""]) => symlink(target, world.path(name)),
  chmod: ({ world }, [mode = "", name = ""]) => chmod(world.path(name), Number.parseInt(mode, 8)),

  // A run: in this process, where it is not what was built that is tested; or in one of its own.
  $: (run, command) => run.run(FORM === "source" || run.world.isStaged || !isBuilt(command[0]) ? call : start, command),
  "%": (run, command) => run.run(start, command),

  // What it has done.
  asked: ({ world }, _, block) =>
    expect(
      world.asked
        .splice(0)
        .map((line) => `${line}\n`)
        .join(""),
    ).toBe(block ?? ""),
  forget: ({ world }) => void world.asked.splice(0),
  slept: ({ world }, seconds) => expect(world.slept.splice(0)).toEqual(seconds.map((each) => Number(each) * 1000)),
  copy: async ({ world }, [from = "", to = ""]) => copyFile(world.path(from), world.path(to)),
  delete: ({ world }, [name = ""]) => rm(world.path(name)),
  replace: async ({ world }, [name = "", from = "", to = ""]) => {
    const text = await readFile(world.path(name), "utf8");
    expect(text).toContain(from);
    await writeFile(world.path(name), text.replaceAll(from, to));
  },
  git: ({ world }, args) => void execFileSync("git", [...args], { cwd: world.folder, stdio: "ignore" }),
  write: async (run, [from = "", to = ""]) => writeFile(run.world.path(to), await run.read(from)),
  fill: async ({ world }, [name = ""]) => {
    const path = world.path(name);
    await writeFile(path, world.fill(await readFile(path, "utf8")));
  },
  exit: (run, [name]) => run.expectExit(known(CODES.find((other) => other === name))),
  stdout: async (run, _, block) => expect(await run.read("stdout")).toBe(block),
  stderr: async (run, _, block) => expect(await run.read("stderr")).toBe(block),
  screen: async (run, _, block) => expect(await run.read("screen")).toBe(block),
  is: async (run, [name, other]) => expect(await run.read(name)).toBe(await run.read(other)),
  has: async (run, [name], block) => expect(await run.read(name)).toContain(block?.trimEnd()),
  lacks: async (run, [name], block) => expect(await run.read(name)).not.toContain(block?.trimEnd()),
  /** The text is kept in that encoding: each has the byte order mark that it has in a script's files. */
  encoding: async ({ world }, [name, file = ""]) => {
    const bytes = await readFile(world.path(file));
    expect(bytes.equals(encode(new TextDecoder(known(name).replace("-bom", "")).decode(bytes), known(name)))).toBe(
      true,
    );
  },
  differs: async (run, [name, other]) => expect(await run.read(name)).not.toBe(await run.read(other)),
  raw: (run, [name, label, value]) => run.expectRaw(name, label, value),
  opens: (run, [name, secrets]) => run.expectOpens(name, secrets),
  unchanged: (run, [name = ""]) => run.expectUnchanged(name),
  absent: ({ world }, [name = ""]) => expect(stat(world.path(name))).rejects.toThrow("ENOENT"),
  mode: async ({ world }, [mode = "", name = ""]) => {
    expect(((await stat(world.path(name))).mode & 0o777).toString(8)).toBe(mode);
  },
};

const CODES = Object.keys(ExitCode) as readonly (keyof typeof ExitCode)[];
const SILENT: Result = { exit: ExitCode.ok, stdout: "", stderr: "", screen: "" };

class Run {
  readonly world: World;
  readonly #files: readonly EmbeddedFile[];
  #last: Result = SILENT;
  /** What of the last run a step has looked at. */
  readonly #expected = new Set<keyof Result>();

  constructor(world: World, files: readonly EmbeddedFile[]) {
    this.world = world;
    this.#files = files;
  }

  async take({ line, words, text }: Step): Promise<void> {
    const [verb = "", ...operands] = words.map((word) => this.world.fill(word));
    try {
      await known(ACTIONS[verb])(this, operands, text === null ? null : this.world.fill(text));
    } catch (error) {
      if (error instanceof Error) error.message = `line ${line}: ${words.join(" ")}\n${error.message}`;
      throw error;
    }
  }

  async setStdin(name = "", isTerminal: boolean): Promise<void> {
    this.world.stdin = { bytes: await readFile(this.world.path(name)), isTerminal };
  }

  async run(how: typeof call, command: readonly string[]): Promise<void> {
    this.expectNothingElse();
    this.#expected.clear();
    this.#last = await how(command, this.world);
    this.world.stdin = { bytes: new Uint8Array(), isTerminal: false };
    this.world.answers = null;
    this.world.interrupted = new AbortController().signal;
  }

  expectExit(name: keyof typeof ExitCode): void {
    this.#expected.add("exit");
    expect(this.#last.exit).toBe(ExitCode[name]);
  }

  /** What no step has expected must not be there, and a value of a Secret (all of them are hunters) nowhere. */
  expectNothingElse(): void {
    expect(this.#last.stdout + this.#last.stderr + this.#last.screen).not.toContain("hunter");
    const expected = Object.fromEntries([...this.#expected].map((name) => [name, SILENT[name]]));
    expect({ ...this.#last, ...expected }, "what no step expects").toEqual(SILENT);
  }

  async read(name = ""): Promise<string> {
    if (name !== "stdout" && name !== "stderr" && name !== "screen") return readFile(this.world.path(name), "utf8");
    this.#expected.add(name);
    return this.#last[name];
  }

  /** The one holds SealedSecrets, and what is in them are the Secrets that the other holds. */
  async expectOpens(sealed = "", secrets = ""): Promise<void> {
    const opened = readManifests(await this.read(sealed)).map(async ({ value }) => {
      const { secret } = await unseal(readSealedSecret(value), this.world.keys.ring);
      return secretManifest(secret);
    });
    const expected = readManifests(await this.read(secrets)).map(({ value }) => secretManifest(readSecret(value)));
    expect(await Promise.all(opened)).toEqual(expected);
  }

  /** The one is the base64 of a sealed value, for that label, and what is in it are the bytes of a file. */
  async expectRaw(name = "", label = "", value = ""): Promise<void> {
    const [namespace = "", secret] = label.split("/");
    const annotations = { [`sealedsecrets.bitnami.com/${label === "" ? "cluster" : "namespace"}-wide`]: "true" };
    const sealed = readSealedSecret({
      apiVersion: "bitnami.com/v1alpha1",
      kind: "SealedSecret",
      metadata: { name: secret ?? "any", namespace, ...(secret === undefined ? { annotations } : {}) },
      spec: { encryptedData: { value: await this.read(name) } },
    });
    const opened = await unseal(sealed, this.world.keys.ring);
    expect(Buffer.from(opened.secret.data.get("value") ?? [])).toEqual(await readFile(this.world.path(value)));
  }

  async expectUnchanged(name: string): Promise<void> {
    const original = known(this.#files.find((file) => file.name === name));
    expect(await readFile(this.world.path(name))).toEqual(original.bytes);
  }
}

function known<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error("the step names something that there is not");
  return thing;
}
