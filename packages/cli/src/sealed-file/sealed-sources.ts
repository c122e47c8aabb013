import { readSealedSecret, SEALED_SECRET_KIND, type SealedSecret } from "@sealwright/core";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { type Manifest, readSources, STDIN, within } from "../manifest.ts";

/** A SealedSecret of an input, and where it stands. */
export interface LocatedSealedSecret {
  readonly manifest: Manifest;
  readonly sealed: SealedSecret;
}

/** A person who typed the command is told that the program waits for him. */
export async function announceStdin(io: Io): Promise<void> {
  if (io.stdin.isTerminal) await io.stderr.write("waiting for a SealedSecret's manifest on stdin; Ctrl-D ends it\n");
}

/**
 * Every SealedSecret of the sources, in order. Whatever else is in them is passed over, but there is one in each.
 *
 * @param sources paths, or `-` for stdin
 * @throws CommandError `items` with `sealed_secret_absent`, and those of reading manifests
 */
export async function readSealedSources(sources: readonly string[], io: Io): Promise<readonly LocatedSealedSecret[]> {
  if (sources.includes(STDIN)) await announceStdin(io);
  const located: LocatedSealedSecret[] = [];
  for (const source of sources) {
    for (const manifest of sealedOnes(source, await readSources([source], io))) {
      located.push({ manifest, sealed: await within(manifest, () => readSealedSecret(manifest.value)) });
    }
  }
  return located;
}

function sealedOnes(source: string, manifests: readonly Manifest[]): readonly Manifest[] {
  // One object that is something else is told what it is.
  if (manifests.length === 1) return manifests;
  const sealed = manifests.filter(({ value }) => (value as { kind?: unknown } | null)?.kind === SEALED_SECRET_KIND);
  if (sealed.length > 0) return sealed;
  const name = source === STDIN ? "stdin" : source;
  throw new CommandError({ code: "items", problem: { code: "sealed_secret_absent", source: name, found: [] } });
}
