import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { controllerToken } from "../../test/programs/controller.ts";
import { compiledProgram } from "../measure/compiled-program.ts";
import { measure } from "../measure/stopwatch.ts";
import { OURS } from "./contestant.ts";
import type { Keys } from "./inputs.ts";
import type { Life } from "./life.ts";
import { withWorld } from "./world.ts";

/** Nothing but the writes of a controller that converges, and then the reads of one that starts again, in a cluster of their own. */
export function liveBare(folder: string, keys: Keys, backlog: readonly string[]): Promise<Life> {
  return withWorld(OURS, keys.pems.slice(0, 1), async (world) => {
    const sealedSecrets = await world.apply(backlog);
    const { server, certificateAuthority } = world.cluster;
    const token = await controllerToken(world.cluster);
    const file = join(folder, "bare-life.json");
    await writeFile(file, JSON.stringify({ server, certificateAuthority, token, sealedSecrets }), { mode: 0o600 });
    const run = (name: string) =>
      measure({ program: process.execPath, args: [compiledProgram(`bench/controller/programs/${name}.ts`), file] });
    return { converged: await run("write"), restarted: await run("read") };
  });
}
