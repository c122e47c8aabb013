import { writeFile } from "node:fs/promises";
import { controllerToken } from "../../test/programs/controller.ts";
import { sourceOf } from "../../test/programs/program.ts";
import { measure, type Sample } from "../measure/stopwatch.ts";
import { OURS } from "./contestant.ts";
import type { Keys } from "./inputs.ts";
import { withWorld } from "./world.ts";

/** Runs `programs/write.ts` over SealedSecrets, in a cluster of its own. */
export function bareWrites(file: string, keys: Keys, backlog: readonly string[]): Promise<Sample> {
  return withWorld(OURS, keys.pems.slice(0, 1), async (world) => {
    const sealedSecrets = await world.apply(backlog);
    const { server, certificateAuthority } = world.cluster;
    const token = await controllerToken(world.cluster);
    await writeFile(file, JSON.stringify({ server, certificateAuthority, token, sealedSecrets }), { mode: 0o600 });
    const args = [sourceOf("bench/controller/programs/write.ts"), file];
    return measure({ program: process.execPath, args });
  });
}
