import { type Certificate, printable, SealwrightError } from "@sealwright/core";
import { type CertificateFacts, describeDays, factsOf } from "../certificate-facts.ts";
import { type CertificateRequest, getCertificate } from "../certificate-source.ts";
import { readDuration } from "../duration.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { pathBelow } from "../paths/path-text.ts";
import { Projects } from "../project/find-project.ts";
import { withPin } from "../project/pin.ts";
import type { ProjectProblem } from "../project/problem.ts";
import type { Project, ProjectCertificate } from "../project/project.ts";
import {
  assertPinned,
  certificateNamed,
  certificatePath,
  getProjectCertificate,
  originRequest,
} from "../project/project-certificates.ts";

export interface FetchRequest {
  readonly certificate: CertificateRequest;
  /** The project's certificates to fetch anew, each into its file; where there are none, that of `certificate`. */
  readonly names: readonly string[];
  /** The file to replace; stdout where absent. */
  readonly output: string | undefined;
  /** The only one that it may be. */
  readonly fingerprint: string | undefined;
}

/** Writes certificates as PEM, once they are known to be such that seal. They may be out of date: sealing tells. */
export async function fetchCertificates(request: FetchRequest, io: Io): Promise<void> {
  const { names, fingerprint, output } = request;
  if (names.length === 0) {
    const certificate = await getCertificate(request.certificate, io);
    const source = request.certificate.location ?? "the controller";
    assertPinned(certificate, fingerprint, { source, path: null });
    await (output === undefined ? io.stdout.write(certificate.pem) : io.files.replace(output, certificate.pem));
    return;
  }
  const project = await projectHere(io);
  const fetched: (readonly [string, Certificate])[] = [];
  for (const name of names) fetched.push(await fetchNamed(project, name, request, io));
  for (const [path, { pem }] of fetched) await io.files.replace(path, pem);
}

async function fetchNamed(
  project: Project,
  name: string,
  { fingerprint, output }: FetchRequest,
  io: Io,
): Promise<readonly [string, Certificate]> {
  const wanted = certificateNamed(project, name);
  const path = output ?? fileWithin(project, wanted, io);
  if (path === null) throw refusal({ code: "certificate_without_file", path: project.path, name });
  const origin = originRequest(wanted);
  if (origin === null) throw refusal({ code: "certificate_without_origin", path: project.path, name });
  const certificate = await getCertificate(origin, io);
  const [pin, saidIn] = fingerprint === undefined ? [wanted.fingerprint, project.path] : [fingerprint, null];
  assertPinned(certificate, pin, { source: origin.location ?? `the controller of ${name}`, path: saidIn });
  return [path, certificate];
}

/** The project's file of a certificate. A project that comes from somewhere else names no file outside of it to be written. */
function fileWithin(project: Project, wanted: ProjectCertificate, io: Io): string | null {
  const path = certificatePath(project, wanted);
  return path === null || pathBelow(project.folder, io.files.resolve(path)) === null ? null : path;
}

export interface LookRequest {
  /** For where there is no project, or somebody asks for another one than it has. */
  readonly certificate: CertificateRequest;
  /** Certificates of the project; none stands for all. */
  readonly names: readonly string[];
  /** `text` or `json`, as it was given. */
  readonly form: string;
}

/** Says what is to be known of certificates. */
export async function showCertificates(request: LookRequest, io: Io): Promise<void> {
  const isJson = readForm(request.form) === "json";
  const facts: CertificateFacts[] = [];
  for (const { name, source, pinned, get } of await lookedAt(request, io)) {
    facts.push(factsOf(await get(), { name, source, pinned }, io.clock.now()));
  }
  await io.stdout.write(isJson ? asJson(facts) : facts.map(describe).join("\n"));
}

export interface CheckRequest extends LookRequest {
  /** As it was given: `30d`. */
  readonly expiresWithin: string;
}

/** @throws CommandError `project` with `certificates_expiring`, where one has expired, soon will, or cannot be used */
export async function checkCertificates(request: CheckRequest, io: Io): Promise<void> {
  const isJson = readForm(request.form) === "json";
  const within = readDuration(request.expiresWithin);
  if (within === null) throw refusal({ code: "duration_invalid", flag: "--expires-within" });
  const checked: Checked[] = [];
  for (const each of await lookedAt(request, io)) checked.push(await check(each, within, io));
  await io.stdout.write(isJson ? asJson(checked) : checked.map(describeChecked).join(""));
  const bad = checked.filter(({ problem }) => problem !== null).length;
  if (bad > 0) throw refusal({ code: "certificates_expiring", count: bad });
}

/** Writes the fingerprint of a certificate, as it is kept now, into the project; the one before becomes one of the previous. */
export async function pinCertificate(
  { names, fingerprint }: { readonly names: readonly string[]; readonly fingerprint: string | undefined },
  io: Io,
): Promise<void> {
  const project = await projectHere(io);
  const known = [...project.certificates.keys()];
  const [name = known.length === 1 ? known[0] : undefined, ...others] = names;
  if (name === undefined || others.length > 0) {
    throw refusal({ code: "certificate_name_needed", path: project.path, known });
  }
  const { fingerprint: _, ...unpinned } = certificateNamed(project, name);
  const certificate = await getProjectCertificate(project, unpinned, io);
  assertPinned(certificate, fingerprint, { source: name, path: null });
  const text = new TextDecoder().decode(await io.files.read(project.path));
  await io.files.replace(project.path, withPin(text, name, certificate.fingerprint));
}

/** One certificate to look at. */
interface Subject {
  readonly name: string | null;
  readonly source: string;
  readonly pinned: boolean;
  readonly get: () => Promise<Certificate>;
}

async function lookedAt({ certificate, names }: LookRequest, io: Io): Promise<readonly Subject[]> {
  const project = certificate.isAsked === true ? null : await findProjectHere(io);
  if (project === null) {
    if (names.length > 0) throw refusal({ code: "project_absent" });
    const source =
      certificate.location ?? `the controller ${certificate.controller.namespace}/${certificate.controller.name}`;
    return [{ name: null, source, pinned: false, get: () => getCertificate(certificate, io) }];
  }
  const wanted =
    names.length > 0 ? names.map((name) => certificateNamed(project, name)) : [...project.certificates.values()];
  if (wanted.length === 0) throw refusal({ code: "project_without_certificates", path: project.path });
  return wanted.map((each) => subjectOf(project, each, io));
}

function subjectOf(project: Project, wanted: ProjectCertificate, io: Io): Subject {
  const source = certificatePath(project, wanted) ?? wanted.url ?? `the controller of ${wanted.name}`;
  const pinned = wanted.fingerprint !== undefined;
  return { name: wanted.name, source, pinned, get: () => getProjectCertificate(project, wanted, io) };
}

interface Checked {
  readonly name: string | null;
  readonly source: string;
  /** Null where it could not be read. */
  readonly notAfter: string | null;
  readonly daysLeft: number | null;
  readonly problem: "expired" | "expires_soon" | "not_yet_valid" | "not_pinned" | "unusable" | null;
}

async function check({ name, source, pinned, get }: Subject, within: number, io: Io): Promise<Checked> {
  const now = io.clock.now();
  try {
    const certificate = await get();
    const { notAfter, daysLeft } = factsOf(certificate, { name, source, pinned }, now);
    return { name, source, notAfter, daysLeft, problem: problemOf(certificate, within, now) };
  } catch (error) {
    const failure = error instanceof CommandError ? error.failure : null;
    const isMismatch = failure?.code === "project" && failure.problem.code === "certificate_not_pinned";
    if (!isMismatch && failure?.code !== "certificate_refused" && !(error instanceof SealwrightError)) throw error;
    return { name, source, notAfter: null, daysLeft: null, problem: isMismatch ? "not_pinned" : "unusable" };
  }
}

function problemOf({ notBefore, notAfter }: Certificate, within: number, now: Date): Checked["problem"] {
  if (now > notAfter) return "expired";
  // Clocks differ, and a controller makes its certificate valid from the very moment on.
  if (notBefore.getTime() - now.getTime() > 3_600_000) return "not_yet_valid";
  return notAfter.getTime() - now.getTime() <= within ? "expires_soon" : null;
}

function describe({ name, source, fingerprint, commonName, bits, ...facts }: CertificateFacts): string {
  const lines = [
    ["fingerprint", `${fingerprint}${facts.pinned ? " (pinned)" : ""}`],
    ["common name", printable(commonName) || "none"],
    ["key", `RSA, ${bits} bits`],
    ["valid from", facts.notBefore],
    ["valid until", `${facts.notAfter} (${describeDays(facts.daysLeft)})`],
  ];
  const title = name === null ? source : `${name}: ${source}`;
  return `${title}\n${lines.map(([label = "", value]) => `  ${label.padEnd(12)} ${value}\n`).join("")}`;
}

const PROBLEMS: Readonly<Record<Exclude<Checked["problem"], null>, string>> = {
  expired: "expired",
  expires_soon: "expires",
  not_yet_valid: "is not valid yet; it expires",
  not_pinned: "is not the one that the project pins",
  unusable: "cannot be used: sealwright cert show says why",
};

function describeChecked({ name, source, notAfter, daysLeft, problem }: Checked): string {
  const when = notAfter === null || daysLeft === null ? "" : ` ${describeDays(daysLeft)}, on ${notAfter}`;
  return `${problem === null ? "ok" : "bad"}: ${name ?? source} ${problem === null ? "expires" : PROBLEMS[problem]}${when}\n`;
}

function asJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** @throws CommandError `usage` */
function readForm(form: string): "text" | "json" {
  if (form === "text" || form === "json") return form;
  throw new CommandError({
    code: "usage",
    message: `unknown output format ${JSON.stringify(form)}`,
    hint: "it is text or json",
  });
}

function findProjectHere(io: Io): Promise<Project | null> {
  return new Projects(io).in(io.files.resolve("."));
}

async function projectHere(io: Io): Promise<Project> {
  const project = await findProjectHere(io);
  if (project === null) throw refusal({ code: "project_absent" });
  return project;
}

function refusal(problem: ProjectProblem): CommandError {
  return new CommandError({ code: "project", problem });
}
