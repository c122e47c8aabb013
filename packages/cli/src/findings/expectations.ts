import type { Certificate } from "@sealwright/core";
import type { Io } from "../io.ts";
import type { Projects } from "../project/find-project.ts";
import type { Project } from "../project/project.ts";
import { certificateNamed, certificateNameFor, getProjectCertificate } from "../project/project-certificates.ts";
import type { Expectation } from "./verifier.ts";

/** What projects, or flags, expect of SealedSecrets. Of projects nothing is read but files: it takes no network. */
export class Expectations {
  readonly #projects: Projects;
  readonly #asked: Certificate | null;
  readonly #io: Io;
  readonly #keys = new Map<string, Promise<Keys>>();

  /** @param asked the certificate that everything must be sealed to, instead of the projects' */
  constructor(projects: Projects, asked: Certificate | null, io: Io) {
    this.#projects = projects;
    this.#asked = asked;
    this.#io = io;
  }

  async of(path: string): Promise<Expectation> {
    const { project, rule } = await this.#projects.of(path);
    const name = project === null ? null : certificateNameFor(project, rule);
    const keys =
      this.#asked !== null ? keysOf(this.#asked) : project && name !== null ? await this.#keysOf(project, name) : NONE;
    return {
      ...keys,
      namespace: rule?.namespace ?? null,
      scope: rule?.scope ?? null,
      path: this.#asked === null && project !== null ? project.path : "--cert",
    };
  }

  #keysOf(project: Project, name: string): Promise<Keys> {
    const key = JSON.stringify([project.path, name]);
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const keys = this.#read(project, name);
    this.#keys.set(key, keys);
    return keys;
  }

  async #read(project: Project, name: string): Promise<Keys> {
    const wanted = certificateNamed(project, name);
    const certificate = wanted.file === undefined ? null : await getProjectCertificate(project, wanted, this.#io);
    const present = certificate?.fingerprint ?? wanted.fingerprint;
    const known = present === undefined ? [] : [present, ...wanted.previous];
    return { certificate, known, retired: wanted.retired };
  }
}

type Keys = Pick<Expectation, "certificate" | "known" | "retired">;

const NONE: Keys = { certificate: null, known: [], retired: [] };

function keysOf(certificate: Certificate): Keys {
  return { certificate, known: [certificate.fingerprint], retired: [] };
}
