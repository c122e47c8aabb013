import { type Certificate, readSecret, type Scope, type Secret, scopeOf, seal } from "@sealwright/core";
import { type CertificateRequest, getValidCertificate } from "../certificate-source.ts";
import { CommandError, type Place } from "../failure.ts";
import type { Io } from "../io.ts";
import { DEFAULT_NAMESPACE, type NamespaceRule, namespaceRule } from "../kube-namespace.ts";
import { type Manifest, within } from "../manifest.ts";
import type { Governed } from "../project/find-project.ts";
import { certificateNameFor, SealingCertificates } from "../project/project-certificates.ts";
import type { SealCache } from "../seal-cache/seal-cache.ts";
import { keepYoungSpace } from "../young-space.ts";
import { type PreviousDocument, type PreviousOutput, saysTheSame } from "./previous-output.ts";

/** What flags say, which no project then does. What the environment says is only for where no project does. */
export interface Overrules {
  readonly scope: boolean;
  readonly namespace: boolean;
}

export interface SealerOptions {
  /** Of flags or the environment; a project says more unless it is overruled. */
  readonly certificate: CertificateRequest;
  readonly scope: Scope | undefined;
  readonly namespace: string | undefined;
  readonly overrules: Overrules;
  readonly allowEmptyData: boolean;
}

/** A SealedSecret, ready to be written. */
export interface SealedDocument {
  readonly sealed: object;
  /** Its text in the output, where that says the very same already: it stays, whoever has laid it out. */
  readonly text: string | null;
}

/** What a run has done so far. */
export interface Tally {
  readonly secrets: number;
  /** Items with a new ciphertext. */
  readonly sealed: number;
  /** Items whose ciphertext stayed. */
  readonly kept: number;
}

/** Seals one Secret after the other as flags and projects say, and leaves sealed values alone that hold what they should. */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #io: Io;
  readonly #cache: SealCache;
  readonly #projectCertificates: SealingCertificates;
  readonly #namespaceRules = new Map<Scope | undefined, NamespaceRule>();
  #asked: Promise<Certificate> | null = null;
  #tally: Tally = { secrets: 0, sealed: 0, kept: 0 };

  constructor(options: SealerOptions, cache: SealCache, io: Io) {
    this.#options = options;
    this.#cache = cache;
    this.#io = io;
    this.#projectCertificates = new SealingCertificates(io);
  }

  get tally(): Tally {
    return this.#tally;
  }

  /**
   * @param manifest a Secret's
   * @param previous where it may have been sealed before
   */
  async seal(manifest: Manifest, governed: Governed, previous: PreviousOutput | null): Promise<SealedDocument> {
    const { place } = manifest;
    const read = await within(manifest, () => readSecret(manifest.value));
    const scope = this.#scopeFor(read, governed, place);
    const secret = await this.#inNamespace(read, scope, governed, place);
    const certificate = await this.#certificateFor(governed);
    const { name = "", namespace = "" } = secret.metadata;
    const before = (await previous?.find(namespace, name)) ?? null;
    const binding = { scope: scope ?? scopeOf(secret.metadata.annotations), namespace, name };
    const entryOf = (item: string, value: Uint8Array, ciphertext: string) => {
      return { value, fingerprint: certificate.fingerprint, ...binding, item, ciphertext };
    };
    const keep = this.#sealedBefore(secret, before, entryOf);
    const options = {
      certificate,
      keep,
      hints: true,
      allowEmptyData: this.#options.allowEmptyData,
      ...(scope === undefined ? {} : { scope }),
    };
    const sealed = await within(manifest, () => seal(secret, options));
    for (const [item, value] of secret.data) {
      if (!keep.has(item)) this.#cache.add(entryOf(item, value, sealed.spec.encryptedData[item] ?? ""));
    }
    this.#count(secret.data.size, keep.size);
    return { sealed, text: before !== null && saysTheSame(before.sealed, sealed) ? before.text : null };
  }

  #sealedBefore(
    { data }: Secret,
    before: PreviousDocument | null,
    entryOf: (item: string, value: Uint8Array, ciphertext: string) => Parameters<SealCache["has"]>[0],
  ): ReadonlyMap<string, string> {
    const texts = new Map(Object.entries(before?.sealed.spec.encryptedData ?? {}));
    const kept = new Map<string, string>();
    for (const [item, value] of data) {
      const text = texts.get(item);
      if (text !== undefined && this.#cache.has(entryOf(item, value, text))) kept.set(item, text);
    }
    return kept;
  }

  #count(items: number, kept: number): void {
    const { secrets, sealed, kept: keptBefore } = this.#tally;
    this.#tally = { secrets: secrets + 1, sealed: sealed + items - kept, kept: keptBefore + kept };
    keepYoungSpace(this.#tally.secrets);
  }

  /** Undefined where the Secret's annotations decide. A project's scope must not contradict them: one of the two is a mistake. */
  #scopeFor({ metadata }: Secret, { project, rule }: Governed, place: Place): Scope | undefined {
    const wanted = rule?.scope;
    if (this.#options.overrules.scope || wanted === undefined || project === null) return this.#options.scope;
    const inManifest = scopeOf(metadata.annotations);
    if (inManifest !== "strict" && inManifest !== wanted) {
      const problem = { code: "rule_scope", place, inManifest, wanted, path: project.path } as const;
      throw new CommandError({ code: "project", problem });
    }
    return wanted;
  }

  async #inNamespace(
    secret: Secret,
    scope: Scope | undefined,
    { project, rule }: Governed,
    place: Place,
  ): Promise<Secret> {
    const wanted = rule?.namespace;
    if (this.#options.overrules.namespace || wanted === undefined || project === null) {
      return this.#namespaceRule(scope)(secret, place);
    }
    const { namespace: inManifest = "" } = secret.metadata;
    if (inManifest === "") return { ...secret, metadata: { ...secret.metadata, namespace: wanted } };
    if (inManifest === wanted) return secret;
    const problem = { code: "rule_namespace", place, inManifest, wanted, path: project.path } as const;
    throw new CommandError({ code: "project", problem });
  }

  #namespaceRule(scope: Scope | undefined): NamespaceRule {
    const known = this.#namespaceRules.get(scope);
    if (known !== undefined) return known;
    const rule = namespaceRule(
      {
        asked: this.#options.namespace,
        cluster: this.#options.certificate.cluster,
        scope,
        clusterWideStaysBare: false,
        lastNamespace: DEFAULT_NAMESPACE,
      },
      this.#io,
    );
    this.#namespaceRules.set(scope, rule);
    return rule;
  }

  #certificateFor({ project, rule }: Governed): Promise<Certificate> {
    const name =
      project === null || this.#options.certificate.isAsked === true ? null : certificateNameFor(project, rule);
    if (project !== null && name !== null) return this.#projectCertificates.get(project, name);
    this.#asked ??= getValidCertificate(this.#options.certificate, this.#io);
    return this.#asked;
  }
}
