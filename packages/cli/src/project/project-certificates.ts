import { dirname, join } from "node:path";
import { assertValidAt, type Certificate, SealwrightError } from "@sealwright/core";
import { type CertificateRequest, getCertificate } from "../certificate-source.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { joinPath } from "../paths/path-text.ts";
import type { Project, ProjectCertificate, Rule } from "./project.ts";

/** Where the Go project puts its controller. */
export const DEFAULT_CONTROLLER = { name: "sealed-secrets-controller", namespace: "kube-system" } as const;

/** The path of a certificate's file, as messages show it and as it can be read; null where it is kept in none. */
export function certificatePath(project: Project, { file }: ProjectCertificate): string | null {
  if (file === undefined) return null;
  return /^([/\\]|[a-z]:)/i.test(file) ? file : joinPath(dirname(project.path), join(file));
}

/** How to get a certificate where it is made: from its URL or its cluster; null where it has neither. */
export function originRequest({ url, cluster }: ProjectCertificate): CertificateRequest | null {
  if (url === undefined && cluster === undefined) return null;
  return {
    location: url,
    controller: {
      name: cluster?.controllerName ?? DEFAULT_CONTROLLER.name,
      namespace: cluster?.controllerNamespace ?? DEFAULT_CONTROLLER.namespace,
    },
    cluster: { kubeconfig: undefined, context: cluster?.context },
  };
}

/**
 * Gets a certificate of a project: from its file where it has one, else from where it is made. It may be out of date, but it is the one
 * that the project pins.
 *
 * @throws CommandError `project` with `certificate_not_pinned`, and as `getCertificate` does
 */
export async function getProjectCertificate(
  project: Project,
  wanted: ProjectCertificate,
  io: Io,
): Promise<Certificate> {
  const path = certificatePath(project, wanted);
  const origin = originRequest(wanted);
  const request = path === null ? origin : fileRequest(path);
  if (request === null) throw new TypeError("a certificate without file, url or cluster was read");
  const certificate = await getCertificate(request, io);
  assertPinned(certificate, wanted.fingerprint, { source: path ?? wanted.name, path: project.path });
  return certificate;
}

/** @throws CommandError `project` with `certificate_not_pinned` */
export function assertPinned(
  { fingerprint: found }: Certificate,
  wanted: string | undefined,
  origin: { readonly source: string; readonly path: string | null },
): void {
  if (wanted === undefined || found === wanted) return;
  throw new CommandError({ code: "project", problem: { code: "certificate_not_pinned", ...origin, found, wanted } });
}

/** The certificate of a name. @throws CommandError `project` with `certificate_name_unknown` */
export function certificateNamed(project: Project, name: string): ProjectCertificate {
  const certificate = project.certificates.get(name);
  if (certificate !== undefined) return certificate;
  const known = [...project.certificates.keys()];
  throw new CommandError({
    code: "project",
    problem: { code: "certificate_name_unknown", path: project.path, name, known },
  });
}

/** The name of the certificate for a rule: the rule's; where it names none, the only one that there is. */
export function certificateNameFor({ certificates }: Project, rule: Rule | null): string | null {
  if (rule?.certificate !== undefined) return rule.certificate;
  const [only] = certificates.keys();
  return certificates.size === 1 && only !== undefined ? only : null;
}

/** The certificates of projects, each read once, and good to seal with. */
export class SealingCertificates {
  readonly #io: Io;
  readonly #known = new Map<ProjectCertificate, Promise<Certificate>>();

  constructor(io: Io) {
    this.#io = io;
  }

  /** @throws CommandError as `getProjectCertificate` does, and `certificate_refused` of one that is out of date */
  get(project: Project, name: string): Promise<Certificate> {
    const wanted = certificateNamed(project, name);
    const known = this.#known.get(wanted);
    if (known !== undefined) return known;
    const certificate = this.#getValid(project, wanted);
    this.#known.set(wanted, certificate);
    return certificate;
  }

  async #getValid(project: Project, wanted: ProjectCertificate): Promise<Certificate> {
    const certificate = await getProjectCertificate(project, wanted, this.#io);
    try {
      assertValidAt(certificate, this.#io.clock.now());
    } catch (error) {
      if (!(error instanceof SealwrightError)) throw error;
      const source = certificatePath(project, wanted) ?? wanted.name;
      throw new CommandError(
        { code: "certificate_refused", source, fromController: false, problem: error.problem },
        { cause: error },
      );
    }
    return certificate;
  }
}

/** For a certificate of a path or URL, which takes no cluster. */
export function fileRequest(path: string): CertificateRequest {
  return { location: path, controller: DEFAULT_CONTROLLER, cluster: { kubeconfig: undefined, context: undefined } };
}
