import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSealingKey, KeyRing, readSealingKey } from "@sealwright/core";
import { sourceOf } from "../../programs/program.ts";
import { installPublishedCore } from "../../programs/published-core.ts";

/** A folder far from this workspace, with the examples and, installed beside them, core as it is published. */
export interface World {
  readonly folder: string;
  /** PEM, and what opens what is sealed to it. */
  readonly certificate: string;
  readonly ring: KeyRing;
  remove(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "sealwright-published-"));
  await cp(sourceOf("examples"), folder, { recursive: true });
  await installPublishedCore(folder);
  const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
  const key = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
  return {
    folder,
    certificate: key.certificate,
    ring: new KeyRing([await readSealingKey(key)]),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
