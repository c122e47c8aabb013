import type { Certificate, KeyRing } from "@sealwright/core";
import { getCertificate } from "../certificate-source.ts";
import { type Cluster, type ClusterRequest, withCluster } from "../cluster/cluster.ts";
import { explanationAsText } from "../explain/as-text.ts";
import { type Explanation, explainItems, explainShape } from "../explain/explanation.ts";
import { lastChangeOf } from "../explain/last-change.ts";
import { liveStatusOf } from "../explain/live-status.ts";
import { CommandError } from "../failure.ts";
import { Expectations } from "../findings/expectations.ts";
import type { Finding } from "../findings/finding.ts";
import { Verifier } from "../findings/verifier.ts";
import type { Io } from "../io.ts";
import { STDIN } from "../manifest.ts";
import { openingKeys } from "../private-keys/opening-keys.ts";
import type { KeyFiles } from "../private-keys/read-private-keys.ts";
import { Projects } from "../project/find-project.ts";
import { fileRequest } from "../project/project-certificates.ts";
import { type LocatedSealedSecret, readSealedSources } from "../sealed-file/sealed-sources.ts";
import { painter } from "../terminal/colour.ts";

export interface ExplainRequest {
  /** Paths, or `-` for stdin. */
  readonly inputs: readonly string[];
  /** Private keys at hand. */
  readonly keys: KeyFiles;
  /** Of the certificate that the keys are compared with, instead of the project's. */
  readonly certificate: string | undefined;
  /** The cluster to ask, or null where none is asked. */
  readonly cluster: ClusterRequest | null;
  /** As it was given. */
  readonly form: string;
}

/** Says of SealedSecrets what they are sealed for, and why they do not open. What it finds is no failure: `verify` is for that. */
export async function explain(request: ExplainRequest, io: Io): Promise<void> {
  const form = readForm(request.form);
  if (request.inputs.includes(STDIN) && request.keys.paths.includes(STDIN)) {
    throw usage("stdin can be the SealedSecret or the key, not both");
  }
  const { cluster } = request;
  const rereadable = withKeptStdin(io);
  const explanations =
    cluster === null
      ? await explainAll(request, null, rereadable)
      : await withCluster(cluster, io, (reached) => explainAll(request, reached, rereadable));
  await io.stdout.write(form === "json" ? asJson(explanations) : asText(explanations, io));
}

async function explainAll(
  { inputs, keys, certificate }: ExplainRequest,
  cluster: Cluster | null,
  io: Io,
): Promise<readonly Explanation[]> {
  const ring = keys.paths.length === 0 ? null : await openingKeys(keys, io);
  const asked = certificate === undefined ? null : await getCertificate(fileRequest(certificate), io);
  const expectations = new Expectations(new Projects(io), asked, io);
  const verifier = new Verifier(
    { expectationFor: (path) => expectations.of(path), ring, canOpen: null, progress: null },
    io,
  );
  const explanations: Explanation[] = [];
  for (const path of inputs) {
    const located = await readSealedSources([path], io);
    const findings: Finding[] = [];
    for await (const finding of verifier.verify({ path, by: "name", base: "." })) findings.push(finding);
    const certificates = certificatesOf(ring, (await expectations.of(path)).certificate);
    const lastChange = path === STDIN ? null : await lastChangeOf(path, io);
    for (const one of located) {
      explanations.push({
        source: one.manifest.place.source,
        document: one.manifest.place.document,
        ...explainShape(one.sealed),
        ...(await explainItems(one.sealed, { ring, certificates })),
        lastChange,
        findings: findings.filter((finding) => isAbout(finding, one)),
        live: cluster && (await liveStatusOf(one.sealed, cluster)),
      });
    }
  }
  return explanations;
}

function certificatesOf(ring: KeyRing | null, expected: Certificate | null): readonly Certificate[] {
  const own = ring?.keys.flatMap(({ certificate }) => certificate ?? []) ?? [];
  return expected === null ? own : [...own, expected];
}

/** Of the objects in one List, each is known by its name. */
function isAbout({ document, object }: Finding, { manifest, sealed }: LocatedSealedSecret): boolean {
  if (object?.kind !== "SealedSecret" || document !== manifest.place.document) return false;
  const { name = "", namespace = "" } = sealed.metadata;
  return manifest.place.item === undefined || (object.name === name && object.namespace === namespace);
}

/** Stdin is read more than once, and there once only. */
function withKeptStdin(io: Io): Io {
  let bytes: Promise<Uint8Array> | null = null;
  const read = () => {
    bytes ??= io.stdin.read();
    return bytes;
  };
  const chunks = async function* () {
    yield await read();
  };
  return { ...io, stdin: { isTerminal: io.stdin.isTerminal, read, chunks } };
}

function asText(explanations: readonly Explanation[], io: Io): string {
  const paint = painter(io.stdout, io.env);
  const words = (severity: Finding["severity"]) => paint(severity, severity === "error" ? "red" : "yellow");
  return explanations.map((explanation) => explanationAsText(explanation, words)).join("\n");
}

/** Fields may be added; none changes its meaning. */
function asJson(objects: readonly Explanation[]): string {
  return `${JSON.stringify({ version: 1, objects }, null, 2)}\n`;
}

function readForm(text: string): "text" | "json" {
  if (text === "text" || text === "json") return text;
  throw usage(`unknown output format ${JSON.stringify(text)}`, "it is text or json");
}

function usage(message: string, hint = "sealwright explain --help shows what there is"): CommandError {
  return new CommandError({ code: "usage", message, hint });
}
