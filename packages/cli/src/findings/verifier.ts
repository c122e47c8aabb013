import {
  bindingOf,
  type Certificate,
  describeFinding,
  describeProblem,
  describeVerdict,
  diagnose,
  type ItemFinding,
  inspect,
  type KeyRing,
  keyOfHint,
  printable,
  readHints,
  readSealedSecret,
  type SealedSecret,
  SealwrightError,
  type Verdict,
} from "@sealwright/core";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import { inPieces, type Part, readPart, splitParts } from "../manifest-parts.ts";
import type { FoundFile } from "../paths/find-files.ts";
import { looksSealed } from "../sealed-file/looks-sealed.ts";
import { objectsIn } from "../sealing/document-kind.ts";
import type { Progress } from "../terminal/progress.ts";
import { CATALOGUE } from "./catalogue.ts";
import type { Finding, FindingCode, FoundObject } from "./finding.ts";
import { itemLines } from "./item-lines.ts";

/** What is expected of the SealedSecrets of a file. What is absent is not looked at. */
export interface Expectation {
  readonly certificate: Certificate | null;
  /** Fingerprints of keys that open what is sealed to them; none: nothing is known of keys. */
  readonly known: readonly string[];
  readonly retired: readonly string[];
  readonly namespace: string | null;
  readonly scope: string | null;
  /** The file that says so, for messages. */
  readonly path: string;
}

export interface VerifierOptions {
  readonly expectationFor: (path: string) => Promise<Expectation>;
  /** Private keys to open everything with. */
  readonly ring: KeyRing | null;
  /** Asks the controller whether it can open it. */
  readonly canOpen: ((sealed: SealedSecret) => Promise<boolean>) | null;
  /** Told of each document; null where nobody waits for many. */
  readonly progress: Progress | null;
}

/** What was looked at. */
export interface Looked {
  readonly files: number;
  readonly sealedSecrets: number;
}

/** Looks at files one after the other, and says of each all that is wrong with it. */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #io: Io;
  #files = 0;
  #sealedSecrets = 0;

  constructor(options: VerifierOptions, io: Io) {
    this.#options = options;
    this.#io = io;
  }

  get looked(): Looked {
    return { files: this.#files, sealedSecrets: this.#sealedSecrets };
  }

  /** @throws CommandError of reading the file, the project or the cluster */
  async *verify(found: FoundFile): AsyncGenerator<Finding> {
    this.#files += 1;
    const { path } = found;
    const source = path === STDIN ? "stdin" : path;
    const chunks = path === STDIN ? inPieces(await this.#io.stdin.read()) : this.#io.files.chunks(path);
    try {
      yield* this.#parts(chunks, source, found);
    } catch (error) {
      const failure = error instanceof CommandError ? error.failure : null;
      if (failure?.code !== "manifest_encoding") throw error;
      // In a folder anything may lie.
      if (found.by === "folder") return;
      yield makeFinding("unreadable", { source, line: 1, document: 1 }, "it is not UTF-8");
    }
  }

  async *#parts(chunks: AsyncIterable<Uint8Array>, source: string, found: FoundFile): AsyncGenerator<Finding> {
    let before = 0;
    for await (const part of splitParts(chunks, source)) {
      await this.#options.progress?.documents(1);
      // Parsing is nearly all of the work, and most documents of a project have nothing to do with it.
      if (!mayHoldSecret(part.text)) {
        before += 1;
        continue;
      }
      try {
        const documents = readPart(part, before, source);
        before += documents.length;
        for (const { index, line, value } of documents) {
          const place = { source, line, document: index + 1 };
          const objects = objectsIn(value);
          const isAlone = documents.length === 1 && objects.length === 1;
          for (const object of objects)
            yield* this.#object(object, { place, part: isAlone ? part : null, path: found.path });
        }
      } catch (error) {
        yield* unreadableFindings(error, { source, line: part.line, document: before + 1 }, { part, found });
        before += 1;
      }
    }
  }

  async *#object(value: unknown, at: Location): AsyncGenerator<Finding> {
    const { apiVersion, kind } = (value ?? {}) as { readonly apiVersion?: unknown; readonly kind?: unknown };
    if (apiVersion === "v1" && kind === "Secret") yield* plaintextFindings(value, at.place);
    if (kind !== "SealedSecret") return;
    this.#sealedSecrets += 1;
    const sealed = readOrFinding(value, at.place);
    if (!("spec" in sealed)) return void (yield sealed);
    const report = new Report(sealed, at);
    const expectation = await this.#options.expectationFor(at.path);
    yield* await this.#inspect(sealed, expectation, report);
    yield* compareWithProject(sealed, expectation, report);
    yield* compareKeys(sealed, expectation, report);
    yield* await this.#open(sealed, report);
  }

  async #inspect(sealed: SealedSecret, { certificate }: Expectation, report: Report): Promise<readonly Finding[]> {
    const { object, items } = await inspect(sealed, certificate === null ? {} : { certificates: [certificate] });
    report.outdated = itemsWith(items, "hint_outdated");
    const onItems = [...items].flatMap(([item, findings]) => {
      return findings.flatMap((each) =>
        each.code === "hinted_key" ? [] : [report.item(each.code, item, describeFinding(each))],
      );
    });
    return [...object.map((each) => report.object(each.code, describeFinding(each))), ...onItems];
  }

  async #open(sealed: SealedSecret, report: Report): Promise<readonly Finding[]> {
    const { ring, canOpen } = this.#options;
    const findings: Finding[] = [];
    if (ring !== null) {
      for (const [item, verdict] of (await diagnose(sealed, ring)).items) {
        const code = codeOf(verdict);
        if (code !== null) findings.push(report.item(code, item, describeVerdict(verdict)));
      }
    }
    if (canOpen !== null && !(await canOpen(sealed))) {
      findings.push(report.object("not_decryptable", "the controller in the cluster cannot decrypt it"));
    }
    return findings;
  }
}

interface Location {
  readonly place: { readonly source: string; readonly line: number; readonly document: number };
  /** The text of the object, where it has one of its own. */
  readonly part: Part | null;
  readonly path: string;
}

/** Makes findings about one SealedSecret. */
class Report {
  /** Items whose hint is about another value. */
  outdated: ReadonlySet<string> = new Set();
  readonly #object: FoundObject;
  readonly #at: Location;
  #lines: ReadonlyMap<string, number> | null = null;

  constructor({ metadata }: SealedSecret, at: Location) {
    this.#object = { kind: "SealedSecret", namespace: shown(metadata.namespace), name: shown(metadata.name) };
    this.#at = at;
  }

  object(code: FindingCode, message: string): Finding {
    return { ...makeFinding(code, this.#at.place, message), object: this.#object };
  }

  item(code: FindingCode, item: string, message: string): Finding {
    const { part, place } = this.#at;
    this.#lines ??= part === null ? new Map() : itemLines(part);
    return { ...this.object(code, message), item: printable(item), line: this.#lines.get(item) ?? place.line };
  }
}

function mayHoldSecret(text: string): boolean {
  return text.includes("Secret");
}

function makeFinding(code: FindingCode, place: Location["place"], message: string): Finding {
  const { severity, advice } = CATALOGUE[code];
  return { code, severity, ...place, object: null, item: null, message, advice };
}

/** In a folder there are templates of manifests, too: they are told from manifests that are broken. */
function* unreadableFindings(
  error: unknown,
  place: Location["place"],
  { part, found }: { readonly part: Part; readonly found: FoundFile },
): Generator<Finding> {
  const failure = error instanceof CommandError ? error.failure : null;
  if (failure?.code !== "manifest_syntax") throw error;
  if (found.by === "folder" && !looksSealed(part.text)) return;
  const at = { ...place, line: failure.error.line };
  const words = failure.error.message.replace(/^document \d+, line \d+: /, "");
  if (part.text.includes("{{"))
    yield makeFinding("template", at, "it holds a SealedSecret in a template, which is not verified");
  else yield makeFinding("unreadable", at, words);
}

function readOrFinding(value: unknown, place: Location["place"]): SealedSecret | Finding {
  try {
    return readSealedSecret(value);
  } catch (error) {
    if (!(error instanceof SealwrightError)) throw error;
    return makeFinding("invalid_object", place, describeProblem(error.problem));
  }
}

/** A Secret that holds something. What SOPS has encrypted is no plaintext. */
function* plaintextFindings(value: unknown, place: Location["place"]): Generator<Finding> {
  const fields = value as Readonly<Record<string, unknown>>;
  const holds = [fields["data"], fields["stringData"]].some((data) => {
    return (
      typeof data === "object" && data !== null && Object.values(data).some((item) => item !== null && item !== "")
    );
  });
  if (!holds || typeof fields["sops"] === "object") return;
  const metadata = (fields["metadata"] ?? {}) as Readonly<Record<string, unknown>>;
  const object = { kind: "Secret", namespace: shown(metadata["namespace"]), name: shown(metadata["name"]) } as const;
  yield { ...makeFinding("plaintext_secret", place, "its values are there for everybody to read"), object };
}

function* compareWithProject(sealed: SealedSecret, expected: Expectation, report: Report): Generator<Finding> {
  const { scope, namespace } = bindingOf(sealed);
  if (expected.namespace !== null && namespace !== "" && namespace !== expected.namespace) {
    const message = `its namespace is ${shown(namespace)}, where ${expected.path} wants ${expected.namespace}`;
    yield report.object("project_namespace", message);
  }
  if (expected.scope !== null && scope !== expected.scope) {
    yield report.object("project_scope", `its scope is ${scope}, where ${expected.path} wants ${expected.scope}`);
  }
}

/** By the hints of those items that they are about. */
function* compareKeys(sealed: SealedSecret, { known, retired, path }: Expectation, report: Report): Generator<Finding> {
  const isAmong = (key: string, fingerprints: readonly string[]) =>
    fingerprints.some((fingerprint) => keyOfHint(fingerprint) === key);
  for (const [item, { key }] of readHints(sealed.metadata.annotations)) {
    if (report.outdated.has(item) || !Object.hasOwn(sealed.spec.encryptedData, item)) continue;
    if (isAmong(key, retired)) {
      yield report.item("retired_key", item, `sealed to a key that ${path} lists as retired, as its hint says`);
    } else if (known.length > 0 && !isAmong(key, known)) {
      yield report.item("unknown_key", item, `sealed to a key that ${path} does not know, as its hint says`);
    }
  }
}

function codeOf(verdict: Verdict): FindingCode | null {
  switch (verdict.verdict) {
    case "opens":
      if (verdict.place !== null) return "opens_elsewhere";
      return verdict.key.retired ? "retired_key" : null;
    // Inspecting has told these already.
    case "not_base64":
    case "too_short":
      return null;
    default:
      return verdict.verdict;
  }
}

function itemsWith(items: ReadonlyMap<string, readonly ItemFinding[]>, code: ItemFinding["code"]): ReadonlySet<string> {
  return new Set(
    [...items].filter(([, findings]) => findings.some((each) => each.code === code)).map(([item]) => item),
  );
}

function shown(text: unknown): string {
  return typeof text === "string" ? printable(text) : "";
}
