import type { Bench } from "../bench.ts";
import { makeKeys } from "./inputs.ts";
import { manyKeys } from "./many-keys.ts";
import { installPrograms } from "./published-core.ts";
import { render } from "./render.ts";
import { seal } from "./seal.ts";
import { unseal, unsealOnAllCores } from "./unseal.ts";

const KEYS = 24;

export const core: Bench = {
  summary:
    "`@sealwright/core` as it is published, on Node, beside the Go project's library: the same work on the same texts, in bulk.",
  peers: ["coreBench"],

  async prepare({ folder, say }) {
    installPrograms(folder, ["in-bulk", "seal", "unseal", "render"]);
    say(`making ${KEYS} keys of 4096 bits`);
    const pems = await makeKeys(KEYS);
    say("making inputs, and seeing that both programs make the same of them");
    return [
      await seal(folder, pems),
      await unseal(folder, pems),
      await unsealOnAllCores(folder, pems),
      await manyKeys(folder, pems),
      await render(folder),
    ];
  },
};
