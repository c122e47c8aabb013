import { assertValidAt, type Certificate, type KeyRing, SealwrightError } from "@sealwright/core";
import { type CertificateRequest, getValidCertificate } from "../certificate-source.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import type { Projects } from "../project/find-project.ts";
import { certificateNameFor, SealingCertificates } from "../project/project-certificates.ts";

/**
 * What files are resealed to: the certificate that was asked for; else their project's; else the newest of the private keys that has a
 * certificate; else the controller's in the cluster. Each is got once.
 */
export class Target {
  readonly #request: CertificateRequest;
  readonly #ring: KeyRing;
  readonly #projects: Projects;
  readonly #projectCertificates: SealingCertificates;
  readonly #io: Io;
  #other: Promise<Certificate> | null = null;

  constructor(
    request: CertificateRequest,
    { ring, projects }: { readonly ring: KeyRing; readonly projects: Projects },
    io: Io,
  ) {
    this.#request = request;
    this.#ring = ring;
    this.#projects = projects;
    this.#projectCertificates = new SealingCertificates(io);
    this.#io = io;
  }

  /** @throws CommandError of the place that it comes from; `certificate_refused` of one that is out of date */
  async certificateFor(path: string): Promise<Certificate> {
    if (this.#request.isAsked !== true) {
      const { project, rule } = await this.#projects.of(path);
      const name = project === null ? null : certificateNameFor(project, rule);
      if (project !== null && name !== null) return this.#projectCertificates.get(project, name);
    }
    this.#other ??= this.#getOther();
    return this.#other;
  }

  async #getOther(): Promise<Certificate> {
    const { newest } = this.#ring;
    const isSaid = this.#request.isAsked === true || this.#request.location !== undefined;
    if (isSaid || newest === null) return getValidCertificate(this.#request, this.#io);
    try {
      assertValidAt(newest.certificate, this.#io.clock.now());
    } catch (error) {
      if (!(error instanceof SealwrightError)) throw error;
      const origin = { source: "the newest of the private keys", fromController: false };
      throw new CommandError({ code: "certificate_refused", ...origin, problem: error.problem }, { cause: error });
    }
    return newest.certificate;
  }
}
