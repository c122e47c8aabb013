import type { Io } from "../io.ts";
import { STDIN, within } from "../manifest.ts";
import { type ReadPart, readParts } from "../manifest-parts.ts";
import type { Governed } from "../project/find-project.ts";
import type { Progress } from "../terminal/progress.ts";
import { type DocumentKind, kindOfDocument, objectsIn } from "./document-kind.ts";
import { type DocumentWriter, lineEndOf } from "./document-writer.ts";
import type { PreviousOutput } from "./previous-output.ts";
import type { Sealer } from "./sealer.ts";

export interface SealJob {
  /** A path, or `-` for stdin. */
  readonly path: string;
  readonly governed: Governed;
  readonly previous: PreviousOutput | null;
  readonly writer: DocumentWriter;
  readonly sealer: Sealer;
  readonly progress: Progress;
  /** Whether documents that are not touched have to be written anew, in another format. */
  readonly rewrites: boolean;
}

/** What stood in an input. */
export interface SealedInput {
  readonly documents: number;
  readonly secrets: number;
}

/**
 * Seals the Secrets of one input, document by document, and lets everything else through. A part without a Secret keeps its text to the
 * character. Of one with a Secret no comment is kept, since anything may stand in it, but the ends of its lines; Lists come out as their items.
 */
export async function sealDocuments(job: SealJob, io: Io): Promise<SealedInput> {
  const { path } = job;
  const source = path === STDIN ? "stdin" : path;
  const chunks = path === STDIN ? io.stdin.chunks() : io.files.chunks(path);
  let [documents, secrets] = [0, 0];
  for await (const part of readParts(chunks, source)) {
    if (part.documents.length === 0) continue;
    documents += part.documents.length;
    secrets += await sealPart(part, source, job);
    await job.progress.documents(part.documents.length);
  }
  return { documents, secrets };
}

/** @returns how many Secrets there were in it */
async function sealPart(part: ReadPart, source: string, job: SealJob): Promise<number> {
  const manifests = part.documents.map(({ index, line, value }) => {
    return { value, place: { source, document: index + 1, amongOthers: part.amongOthers, line } };
  });
  const kinds: DocumentKind[] = [];
  for (const manifest of manifests) kinds.push(await within(manifest, () => kindOfDocument(manifest.value)));
  if (!job.rewrites && kinds.every((kind) => kind === "other")) {
    await job.writer.copy(part.text, part.separator);
    return 0;
  }
  const lineEnd = lineEndOf(part.text);
  let secrets = 0;
  for (const [index, { value, place }] of manifests.entries()) {
    const isList = kinds[index] === "list";
    for (const [at, object] of (isList ? objectsIn(value) : [value]).entries()) {
      const manifest = { value: object, place: isList ? { ...place, item: at + 1 } : place };
      if ((await within(manifest, () => kindOfDocument(object))) === "secret") {
        secrets += 1;
        const { sealed, text } = await job.sealer.seal(manifest, job.governed, job.previous);
        await job.writer.sealed(sealed, text, lineEnd);
      } else {
        await job.writer.object(object as object, lineEnd);
      }
    }
  }
  return secrets;
}
