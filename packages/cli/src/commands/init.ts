import { basename, dirname } from "node:path";
import { readScope } from "@sealwright/core";
import { type CertificateRequest, getValidCertificate } from "../certificate-source.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { findContext } from "../kubeconfig.ts";
import { withSlashes } from "../paths/path-text.ts";
import { newProjectText } from "../project/new-project.ts";
import type { ProjectProblem } from "../project/problem.ts";
import { PROJECT_FILE, type ProjectCluster } from "../project/project.ts";
import { assertPinned, DEFAULT_CONTROLLER } from "../project/project-certificates.ts";
import { readProject } from "../project/read-project.ts";
import { ask } from "../terminal/ask.ts";
import type { Dialogue } from "../terminal/dialogue.ts";

export interface InitRequest {
  readonly certificate: CertificateRequest;
  /** What the certificate is called in the project. */
  readonly name: string | undefined;
  /** Where it is kept. */
  readonly file: string | undefined;
  /** The only one that it may be. */
  readonly fingerprint: string | undefined;
  readonly paths: readonly string[];
  readonly namespace: string | undefined;
  readonly scope: string | undefined;
  readonly seal: readonly string[];
  /** Ask nothing, also on a terminal. */
  readonly yes: boolean;
}

/** Fetches a certificate, keeps it in a file, and writes `.sealwright.yaml`. On a terminal it asks for what no flag says. */
export async function initProject(request: InitRequest, io: Io): Promise<void> {
  if ((await io.files.kindOf(PROJECT_FILE)) !== null) throw refusal({ code: "project_exists", path: PROJECT_FILE });
  const answers = await askForAnswers(request, io);
  const certificate = await getValidCertificate(answers.certificate, io);
  assertPinned(certificate, request.fingerprint, { source: answers.source, path: null });
  const { name, file, url, cluster, paths, namespace, scope } = answers;
  const text = newProjectText({
    certificate: { name, file: withSlashes(file), url, cluster, fingerprint: certificate.fingerprint },
    paths,
    namespace,
    scope,
    seal: request.seal,
  });
  // What nobody could read again must not be written either.
  readProject(new TextEncoder().encode(text), PROJECT_FILE, io.files.resolve("."));
  if (io.files.resolve(file) !== io.files.resolve(answers.certificate.location ?? "")) {
    await io.files.makeFolder(dirname(file));
    await io.files.replace(file, certificate.pem);
  }
  await io.files.replace(PROJECT_FILE, text);
  await io.stdout.write(
    `${PROJECT_FILE} and ${file} are written. Compare the fingerprint with whoever runs the cluster:\n${certificate.fingerprint}\n`,
  );
}

interface Answers {
  readonly certificate: CertificateRequest;
  /** For a message. */
  readonly source: string;
  readonly name: string;
  readonly file: string;
  readonly url: string | null;
  readonly cluster: ProjectCluster | null;
  readonly paths: readonly string[];
  readonly namespace: string | null;
  readonly scope: string;
}

async function askForAnswers(request: InitRequest, io: Io): Promise<Answers> {
  const dialogue = request.yes ? null : await io.terminal.open();
  try {
    return await answersFor(request, dialogue, io);
  } finally {
    dialogue?.close();
  }
}

async function answersFor(request: InitRequest, dialogue: Dialogue | null, io: Io): Promise<Answers> {
  const answer = answererFrom(dialogue);
  const location = await locationFor(request, answer, io);
  const { context, controller } = await clusterFor(request, location, io);
  const isUrl = location !== undefined && /^https?:\/\//i.test(location);
  const isFile = location !== undefined && !isUrl && !/^file:/i.test(location);
  const name = await answer("name of the certificate in this project", request.name, nameFrom(context) ?? "default");
  const file = await answer("file to keep it in", request.file, isFile ? location : `${fileName(name)}.pem`);
  const namespace = await answer("namespace of all Secrets here; none where each names its own", request.namespace, "");
  const scope = await answer("scope: strict, namespace-wide or cluster-wide", request.scope, "strict", scopeProblem);
  return {
    certificate: { ...request.certificate, location },
    source: location ?? `the controller ${controller.namespace}/${controller.name}`,
    name,
    file,
    url: isUrl ? location : null,
    cluster: location === undefined ? clusterOf(context, controller) : null,
    paths: request.paths,
    namespace: namespace === "" ? null : namespace,
    scope: readScope(scope),
  };
}

type Answerer = (
  question: string,
  given: string | undefined,
  fallback: string,
  refuse?: (answer: string) => string | null,
) => Promise<string>;

/** A flag's answer, else that of whoever is there to be asked, else the usual one. */
function answererFrom(dialogue: Dialogue | null): Answerer {
  return async (text, given, fallback, refuse = () => null) => {
    return given ?? (dialogue === null ? fallback : ask({ text, fallback, refuse }, dialogue));
  };
}

async function locationFor({ certificate }: InitRequest, answer: Answerer, io: Io): Promise<string | undefined> {
  const { kubeconfig, context } = certificate.cluster;
  if (certificate.location !== undefined || kubeconfig !== undefined || context !== undefined)
    return certificate.location;
  const isClusterKnown = (await findContext(certificate.cluster, io)) !== null;
  const question = isClusterKnown
    ? "certificate: a file, a URL, or nothing to ask the cluster"
    : "certificate: a file or a URL";
  const location = await answer(question, undefined, "");
  return location === "" ? undefined : location;
}

async function clusterFor({ certificate }: InitRequest, location: string | undefined, io: Io) {
  const { controller, cluster } = certificate;
  const found = location === undefined ? await findContext(cluster, io) : null;
  return { controller, context: found?.name ?? null };
}

/** What is as usual is not said. A context is: everybody's kubeconfig has another current one. */
function clusterOf(context: string | null, { name, namespace }: CertificateRequest["controller"]): ProjectCluster {
  return {
    ...(context === null || context === "" ? {} : { context }),
    ...(name === DEFAULT_CONTROLLER.name ? {} : { controllerName: name }),
    ...(namespace === DEFAULT_CONTROLLER.namespace ? {} : { controllerNamespace: namespace }),
  };
}

/** The last part of what may be an ARN or a path: `kind-dev`, `production`. */
function nameFrom(context: string | null): string | null {
  const name = context === null ? "" : basename(context).replace(/[^\w.-]+/g, "-");
  return name === "" ? null : name;
}

function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, "-");
}

function scopeProblem(answer: string): string | null {
  try {
    readScope(answer);
    return null;
  } catch {
    return "it is strict, namespace-wide or cluster-wide";
  }
}

function refusal(problem: ProjectProblem): CommandError {
  return new CommandError({ code: "project", problem });
}
