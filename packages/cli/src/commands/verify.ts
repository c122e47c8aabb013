import type { Certificate, SealedSecret } from "@sealwright/core";
import { type CertificateRequest, getCertificate } from "../certificate-source.ts";
import { type Controller, type ControllerRequest, withController } from "../controller-service.ts";
import { CommandError } from "../failure.ts";
import { findingsAsGithub } from "../findings/as-github.ts";
import { findingsAsJson } from "../findings/as-json.ts";
import { findingsAsSarif } from "../findings/as-sarif.ts";
import { findingsAsText } from "../findings/as-text.ts";
import { Expectations } from "../findings/expectations.ts";
import type { Finding } from "../findings/finding.ts";
import { ignoredByGit } from "../findings/ignored-by-git.ts";
import { type Looked, Verifier } from "../findings/verifier.ts";
import type { Io } from "../io.ts";
import { findFiles } from "../paths/find-files.ts";
import { pathBelow, withSlashes } from "../paths/path-text.ts";
import { openingKeys } from "../private-keys/opening-keys.ts";
import type { KeyFiles } from "../private-keys/read-private-keys.ts";
import { Projects } from "../project/find-project.ts";
import { count } from "../project/render-problem.ts";
import { painter } from "../terminal/colour.ts";
import { Progress } from "../terminal/progress.ts";

export interface VerifyRequest {
  /** Files, folders and patterns; `-` is stdin. */
  readonly inputs: readonly string[];
  /** As it was given. */
  readonly form: string;
  /** The file to replace; stdout where absent. */
  readonly write: string | undefined;
  /** What the keys are compared with, instead of the project's certificates. */
  readonly certificate: CertificateRequest | null;
  /** Private keys to open everything with; none where there are no paths. */
  readonly keys: KeyFiles;
  /** The controller to ask, or null where none is asked. */
  readonly controller: ControllerRequest | null;
  /** Whether warnings fail, too. */
  readonly strict: boolean;
}

const FORMS = ["text", "json", "sarif", "github"] as const;
type Form = (typeof FORMS)[number];

/** Finds what is wrong with SealedSecrets, and all of it. @throws CommandError `project` with `findings` where that is anything */
export async function verify(request: VerifyRequest, io: Io): Promise<void> {
  const form = readForm(request.form);
  const certificate = request.certificate === null ? null : await getCertificate(request.certificate, io);
  const { controller } = request;
  const outcome =
    controller === null
      ? await findAll(request, { certificate, controller: null }, io)
      : await withController(controller, io, (reached) => findAll(request, { certificate, controller: reached }, io));
  const findings = await ignoredByGit(outcome.findings, io);
  await write(form, { ...outcome, findings }, request, io);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const files = new Set(findings.map(({ source }) => source)).size;
  if (errors > 0 || (request.strict && warnings > 0)) {
    throw new CommandError({ code: "project", problem: { code: "findings", errors, warnings, files } });
  }
}

interface Outcome {
  readonly findings: readonly Finding[];
  readonly looked: Looked;
}

async function findAll(
  { inputs, keys }: VerifyRequest,
  { certificate, controller }: { readonly certificate: Certificate | null; readonly controller: Controller | null },
  io: Io,
): Promise<Outcome> {
  const projects = new Projects(io);
  const expectations = new Expectations(projects, certificate, io);
  const progress = new Progress("verified", io);
  const verifier = new Verifier(
    {
      progress,
      expectationFor: (path) => expectations.of(path),
      ring: keys.paths.length === 0 ? null : await openingKeys(keys, io),
      canOpen: controller && ((sealed: SealedSecret) => asks(controller, sealed)),
    },
    io,
  );
  const search = { wants: isManifest, skips: (path: string) => projects.ignores(path) };
  const findings: Finding[] = [];
  try {
    for await (const found of findFiles(inputs, search, io)) {
      for await (const finding of verifier.verify(found)) findings.push(finding);
      await progress.file();
    }
  } finally {
    await progress.end();
  }
  return { findings, looked: verifier.looked };
}

function isManifest(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path);
}

async function asks(controller: Controller, sealed: SealedSecret): Promise<boolean> {
  return (await controller.post("/v1/verify", JSON.stringify(sealed))) !== null;
}

async function write(form: Form, { findings, looked }: Outcome, { write: path }: VerifyRequest, io: Io): Promise<void> {
  const text = textOf(form, { findings, looked }, path === undefined, io);
  await (path === undefined ? io.stdout.write(text) : io.files.replace(path, text));
  if (form !== "text" || findings.length > 0 || io.stderr.isTerminal !== true) return;
  await io.stderr.write(
    `${count(looked.sealedSecrets, "SealedSecret")} in ${count(looked.files, "file")}: nothing to say\n`,
  );
}

function textOf(form: Form, { findings, looked }: Outcome, isForStdout: boolean, io: Io): string {
  const pathOf = (source: string) => pathInCheckout(source, io);
  switch (form) {
    case "json":
      return findingsAsJson(findings, looked);
    case "sarif":
      return findingsAsSarif(findings, pathOf);
    case "github":
      return findingsAsGithub(findings, pathOf);
    case "text": {
      const paint = painter(isForStdout ? io.stdout : { write: io.stdout.write }, io.env);
      return findingsAsText(findings, (severity) => paint(severity, severity === "error" ? "red" : "yellow"));
    }
  }
}

/** As a service that reviews the repository knows it: from the checkout's root, or where that is not told, from here. */
function pathInCheckout(source: string, io: Io): string {
  const root = io.env["GITHUB_WORKSPACE"] || ".";
  const path = io.files.resolve(source);
  return pathBelow(io.files.resolve(root), path) ?? withSlashes(source);
}

/** @throws CommandError `usage` */
function readForm(text: string): Form {
  const form = FORMS.find((known) => known === text);
  if (form !== undefined) return form;
  throw new CommandError({
    code: "usage",
    message: `unknown output format ${JSON.stringify(text)}`,
    hint: `it is ${FORMS.join(", ")}`,
  });
}
