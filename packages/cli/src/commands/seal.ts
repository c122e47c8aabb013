import { readScope } from "@sealwright/core";
import type { ManifestFormat } from "@sealwright/core/kubernetes-yaml";
import type { CertificateRequest } from "../certificate-source.ts";
import { CommandError } from "../failure.ts";
import { HeldOutput } from "../held-output.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import { readFormat } from "../manifest-text.ts";
import { type FoundFile, findFiles } from "../paths/find-files.ts";
import { type Governed, Projects } from "../project/find-project.ts";
import type { ProjectProblem } from "../project/problem.ts";
import { holdsPlaintext } from "../project/project.ts";
import { count } from "../project/render-problem.ts";
import { NO_CACHE, openSealCache } from "../seal-cache/seal-cache.ts";
import { DocumentWriter } from "../sealing/document-writer.ts";
import { type Destination, formatFor, Outputs, outputFor } from "../sealing/outputs.ts";
import type { PreviousOutput } from "../sealing/previous-output.ts";
import { sealDocuments } from "../sealing/seal-documents.ts";
import { type Overrules, Sealer } from "../sealing/sealer.ts";
import { Progress } from "../terminal/progress.ts";

export interface SealRequest {
  /** Files, folders and patterns; `-` is stdin. */
  readonly inputs: readonly string[];
  /** The file to replace; `-` is stdout. */
  readonly write: string | undefined;
  readonly beside: boolean;
  /** The folder for the outputs. */
  readonly to: string | undefined;
  readonly inPlace: boolean;
  /** Delete the inputs when their outputs are in place. */
  readonly remove: boolean;
  /** Seal every item anew. */
  readonly fresh: boolean;
  /** As it was given; where absent, the output's name decides. */
  readonly format: string | undefined;
  /** As it was given; where absent, the project and each Secret's annotations decide. */
  readonly scope: string | undefined;
  readonly namespace: string | undefined;
  readonly allowEmptyData: boolean;
  readonly certificate: CertificateRequest;
  readonly overrules: Overrules;
}

/** Secrets in, SealedSecrets out, everything else as it is. No output is replaced before all of them are good. */
export async function sealSecrets(request: SealRequest, io: Io): Promise<void> {
  const format = request.format === undefined ? undefined : readFormat(request.format);
  const scope = request.scope === undefined ? undefined : readScope(request.scope);
  const destination = await destinationOf(request, io);
  if (request.remove && destination.to !== "file" && destination.to !== "files") {
    throw refusal({ code: "remove_without_file" });
  }
  if (request.inputs.includes(STDIN) && io.stdin.isTerminal) {
    await io.stderr.write("waiting for a Secret's manifest on stdin; Ctrl-D ends it\n");
  }
  const cache = request.fresh || destination.to === "stdout" ? NO_CACHE : openSealCache(io);
  const sealer = new Sealer({ ...request, scope }, cache, io);
  const run = new Run({ request, format, destination, sealer, io });
  try {
    await run.seal();
    const changed = await run.finish();
    await cache.save();
    await run.report(changed);
  } finally {
    await run.discard();
  }
}

/** What one flag says, else beside the inputs where one of them is a folder, else stdout. */
async function destinationOf(request: SealRequest, io: Io): Promise<Destination> {
  const { write, beside, to, inPlace, inputs } = request;
  const asked = [write !== undefined, beside, to !== undefined, inPlace].filter(Boolean).length;
  if (asked > 1) throw refusal({ code: "outputs_contradict" });
  if (write !== undefined) return write === STDIN ? { to: "stdout" } : { to: "file", path: write };
  if (inPlace) return { to: "inputs" };
  if (to !== undefined) return { to: "files", folder: to };
  if (beside) return { to: "files", folder: null };
  for (const input of inputs) {
    if (input !== STDIN && (await io.files.kindOf(input)) === "folder") return { to: "files", folder: null };
  }
  return { to: "stdout" };
}

interface RunParts {
  readonly request: SealRequest;
  readonly format: ManifestFormat | undefined;
  readonly destination: Destination;
  readonly sealer: Sealer;
  readonly io: Io;
}

class Run {
  readonly #parts: RunParts;
  readonly #projects: Projects;
  readonly #outputs: Outputs;
  /** What is to be deleted when all is in place. */
  readonly #sealedInputs: string[] = [];
  /** Of stdout, which gets nothing before all of it is good. */
  readonly #held = new HeldOutput();
  readonly #progress: Progress;

  constructor(parts: RunParts) {
    const { destination, io } = parts;
    this.#parts = parts;
    this.#projects = new Projects(io);
    this.#outputs = new Outputs(destination.to !== "files", io);
    this.#progress = new Progress("sealed", io);
  }

  async seal(): Promise<void> {
    const { destination } = this.#parts;
    if (destination.to === "stdout") return this.#sealTogether(null, null, async (text) => this.#held.write(text));
    if (destination.to !== "file") return this.#sealEach(destination);
    const output = await this.#outputs.begin(destination.path, destination.path);
    await this.#sealTogether(destination.path, output.previous, output.write);
    await this.#outputs.finish(output);
  }

  /** @returns how many files are other ones now */
  async finish(): Promise<number> {
    const { request, destination, io } = this.#parts;
    await this.#progress.end();
    const changed = await this.#outputs.commit();
    if (destination.to === "stdout") await this.#held.writeTo(io.stdout);
    if (request.remove) for (const path of this.#sealedInputs) await io.files.remove(path);
    return changed;
  }

  /** A terminal is told what was done to files. */
  async report(changed: number): Promise<void> {
    const { destination, sealer, io } = this.#parts;
    if (destination.to === "stdout" || io.stderr.isTerminal !== true) return;
    const { secrets, sealed, kept } = sealer.tally;
    await io.stderr.write(
      `${count(secrets, "Secret")}: ${count(sealed, "item")} sealed, ${kept} unchanged; ${count(changed, "file")} written\n`,
    );
  }

  async discard(): Promise<void> {
    await this.#progress.end();
    await this.#outputs.discard();
  }

  async #sealTogether(
    path: string | null,
    previous: PreviousOutput | null,
    write: (text: string) => Promise<void>,
  ): Promise<void> {
    const { request, io } = this.#parts;
    const format = formatFor(path, this.#parts.format);
    const writer = new DocumentWriter(format, write);
    for await (const found of this.#find()) {
      const governed = await this.#projects.of(found.path === STDIN ? (path ?? "stdin") : found.path);
      const { documents } = await this.#sealOne(found, { governed, previous, writer, format });
      if (documents === 0) throw new CommandError({ code: "manifest_absent", source: shown(found.path) });
      const isOutput = path !== null && io.files.resolve(path) === io.files.resolve(found.path);
      if (request.remove && found.path !== STDIN && !isOutput) this.#sealedInputs.push(found.path);
    }
  }

  async #sealEach(destination: Extract<Destination, { to: "files" | "inputs" }>): Promise<void> {
    for await (const found of this.#find()) {
      const governed = await this.#projects.of(found.path);
      const path = await outputFor(found, destination, governed, this.#parts.io);
      const format = formatFor(path, this.#parts.format);
      const output = await this.#outputs.begin(path, found.path);
      const writer = new DocumentWriter(format, output.write);
      const { secrets } = await this.#sealOne(found, { governed, previous: output.previous, writer, format });
      if (secrets > 0) {
        await this.#outputs.finish(output);
        this.#sealedInputs.push(found.path);
      } else {
        if (found.by === "name") throw refusal({ code: "secret_absent", source: found.path });
        await this.#outputs.drop(output);
      }
    }
  }

  async #sealOne(
    { path }: FoundFile,
    job: {
      readonly governed: Governed;
      readonly previous: PreviousOutput | null;
      readonly writer: DocumentWriter;
      readonly format: ManifestFormat;
    },
  ) {
    const { sealer, io } = this.#parts;
    const progress = this.#progress;
    const sealed = await sealDocuments({ ...job, path, sealer, progress, rewrites: job.format === "json" }, io);
    await progress.file();
    return sealed;
  }

  async *#find(): AsyncGenerator<FoundFile> {
    const { request, io } = this.#parts;
    let files = 0;
    const wants = async (path: string) => {
      const { project } = await this.#projects.of(path);
      return holdsPlaintext(project, io.files.resolve(path));
    };
    const skips = (path: string) => this.#projects.ignores(path);
    for await (const found of findFiles(request.inputs, { wants, skips }, io)) {
      files += 1;
      yield found;
    }
    if (files === 0) throw refusal({ code: "nothing_to_seal" });
  }
}

function shown(path: string): string {
  return path === STDIN ? "stdin" : path;
}

function refusal(problem: ProjectProblem): CommandError {
  return new CommandError({ code: "project", problem });
}
