import { createDecryptionThreads, KeyRing } from "@sealwright/core";
import type { CertificateRequest } from "../certificate-source.ts";
import { withController } from "../controller-service.ts";
import { CommandError, type Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import { type FoundFile, findFiles } from "../paths/find-files.ts";
import { openingKeys } from "../private-keys/opening-keys.ts";
import type { KeyFiles } from "../private-keys/read-private-keys.ts";
import { Projects } from "../project/find-project.ts";
import type { RecoveryProblem } from "../recovery/problem.ts";
import { explainError } from "../render-error.ts";
import { type FileOutcome, number, type ResealReport, reportAsJson, reportAsText } from "../resealing/report.ts";
import { type FileWork, resealFile } from "../resealing/reseal-file.ts";
import { controllerResealer, keyResealer, type Resealer } from "../resealing/resealer.ts";
import { Target } from "../resealing/target.ts";
import { Progress } from "../terminal/progress.ts";

export interface ResealRequest {
  /** Files, folders and patterns. */
  readonly inputs: readonly string[];
  /** Private keys at hand. */
  readonly keys: KeyFiles;
  /** Whether the controller is to do it, instead of private keys. */
  readonly throughController: boolean;
  /** What is resealed to. */
  readonly certificate: CertificateRequest;
  /** How many files at once, as it was given; where absent, as many as there is work for. */
  readonly jobs: string | undefined;
  readonly isDryRun: boolean;
  /** Of the report, as it was given. */
  readonly form: string;
}

/**
 * Seals whole trees to another key, file by file. What is sealed to that key already is left alone: to go on after it was stopped is to
 * run it again.
 *
 * @throws CommandError `recovery` with `reseal_failed` or `reseal_interrupted`; what is wrong with more than one file ends it
 */
export async function resealTree(request: ResealRequest, io: Io): Promise<void> {
  const { inputs, throughController, certificate } = request;
  const form = readForm(request.form);
  const asked = request.jobs === undefined ? null : readJobs(request.jobs);
  if (inputs.includes(STDIN)) throw usage("it changes files, and stdin is none");
  if (throughController && request.keys.paths.length > 0) throw usage("--through-controller needs no --key");
  if (throughController && certificate.location !== undefined && certificate.isAsked === true) {
    throw usage("--through-controller seals to the controller's newest key, whatever --cert says");
  }
  const projects = new Projects(io);
  if (throughController) {
    return withController(certificate, io, (controller) =>
      run({ ...request, form, jobs: asked ?? REQUESTS, projects, resealer: controllerResealer(controller) }, io),
    );
  }
  const ring = request.keys.paths.length === 0 ? new KeyRing([]) : await openingKeys(request.keys, io);
  if (ring.keys.length === 0) throw new CommandError({ code: "recovery", problem: { code: "reseal_keys_absent" } });
  const target = new Target(certificate, { ring, projects }, io);
  const threads = createDecryptionThreads();
  try {
    const resealer = keyResealer({ ring, threads, certificateFor: (path) => target.certificateFor(path) });
    const jobs = asked ?? Math.min(threads.parallel, MAX_JOBS);
    await run({ ...request, form, jobs, projects, resealer }, io);
  } finally {
    threads.close();
  }
}

/** Files at once. The controller has others to serve, too. */
const REQUESTS = 4;
const MAX_JOBS = 64;

interface Run {
  readonly inputs: readonly string[];
  readonly form: Form;
  readonly jobs: number;
  readonly isDryRun: boolean;
  readonly projects: Projects;
  readonly resealer: Resealer;
}

async function run({ form, isDryRun, ...rest }: Run, io: Io): Promise<void> {
  const found = await findAll(rest, io);
  const { files, remaining, fatal } = await resealAll(found, { isDryRun, ...rest }, io);
  const hasDone = files.some(({ outcome }) => outcome === "resealed");
  if (fatal !== null && !hasDone) throw fatal;
  const report: ResealReport = { isDryRun, files, remaining };
  await io.stdout.write(form === "json" ? reportAsJson(report) : reportAsText(report));
  if (fatal !== null) throw fatal;
  if (remaining > 0) throw refusal({ code: "reseal_interrupted", remaining, files: found.length });
  const failed = number(files, "failed");
  if (failed > 0) throw refusal({ code: "reseal_failed", failed });
}

async function findAll({ inputs, projects }: Pick<Run, "inputs" | "projects">, io: Io): Promise<readonly FoundFile[]> {
  const wants = (path: string) => /\.(ya?ml|json)$/i.test(path);
  const found: FoundFile[] = [];
  for await (const file of findFiles(inputs, { wants, skips: (path) => projects.ignores(path) }, io)) found.push(file);
  return found;
}

interface Progressed {
  readonly files: readonly FileOutcome[];
  readonly remaining: number;
  /** What ended it before its end. */
  readonly fatal: unknown;
}

const FINISHING = "finishing the files that are begun; Ctrl-C once more ends it at once";

/** Several files at once; whatever ends it, those that are begun are finished. */
async function resealAll(
  found: readonly FoundFile[],
  { jobs, ...run }: Pick<Run, "jobs" | "isDryRun" | "resealer">,
  io: Io,
): Promise<Progressed> {
  const outcomes = new Map<FoundFile, FileOutcome | null>();
  const queue = found.values();
  const progress = new Progress("resealed", io, found.length);
  const work = { ...run, progress };
  const interruption = io.holdInterrupt();
  interruption.signal.addEventListener("abort", () => void progress.say(FINISHING));
  let fatal: unknown = null;
  const worker = async () => {
    for (const file of queue) {
      outcomes.set(file, await resealOne(file, work, io));
      await progress.file();
      if (interruption.signal.aborted || fatal !== null) return;
    }
  };
  try {
    const workers = Array.from({ length: jobs }, () =>
      worker().catch((error: unknown) => {
        fatal ??= error;
      }),
    );
    await Promise.all(workers);
  } finally {
    interruption.release();
    await progress.end();
  }
  const files = found.flatMap((file) => outcomes.get(file) ?? []);
  return { files, remaining: found.length - outcomes.size, fatal };
}

/** Null for a file without a SealedSecret, which nobody has named. */
async function resealOne({ path, by }: FoundFile, work: FileWork, io: Io): Promise<FileOutcome | null> {
  try {
    const { objects, items } = await resealFile(path, work, io);
    if (objects === 0 && by === "name") {
      throw new CommandError({ code: "items", problem: { code: "sealed_secret_absent", source: path, found: [] } });
    }
    if (objects === 0) return null;
    return items === 0 ? { outcome: "current", path } : { outcome: "resealed", path, items };
  } catch (error) {
    const failure = error instanceof CommandError ? error.failure : null;
    if (failure === null || !isAboutFile(failure, path)) throw error;
    // In a folder anything may lie.
    if (by === "folder" && failure.code === "manifest_encoding") return null;
    return { outcome: "failed", path, reason: explainError(error).error };
  }
}

/** Whether the next file may fare better. */
function isAboutFile(failure: Failure, path: string): boolean {
  switch (failure.code) {
    case "manifest_encoding":
    case "manifest_syntax":
    case "manifest_refused":
    case "not_decryptable":
    case "answer_refused":
    case "items":
      return true;
    case "file_unreadable":
    case "file_unwritable":
      return failure.path === path;
    default:
      return false;
  }
}

const FORMS = ["text", "json"] as const;
type Form = (typeof FORMS)[number];

function readForm(text: string): Form {
  const form = FORMS.find((known) => known === text);
  if (form !== undefined) return form;
  throw usage(`unknown output format ${JSON.stringify(text)}`, `it is ${FORMS.join(" or ")}`);
}

function readJobs(text: string): number {
  const jobs = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (jobs >= 1 && jobs <= MAX_JOBS) return jobs;
  throw usage("--jobs is a number of files", `it is from 1 to ${MAX_JOBS}`);
}

function usage(message: string, hint = "sealwright reseal --help shows what there is"): CommandError {
  return new CommandError({ code: "usage", message, hint });
}

function refusal(problem: RecoveryProblem): CommandError {
  return new CommandError({ code: "recovery", problem });
}
