import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { requirePeers } from "../../test/peers/binaries.ts";
import { sourceOf } from "../../test/programs/program.ts";
import type { BenchContext, Command, Contender } from "../bench.ts";

type Arguments = (size: number) => readonly string[];

/** Our `kubeseal`, as it is published: a bundle that runs on Node. */
export function ours(args: Arguments): Contender {
  return { command: published("kubeseal", args) };
}

/** `sealwright`, which remembers in a folder what it has sealed. */
export function sealwright(cacheFolder: string, args: Arguments): Contender {
  const command = published("sealwright", args);
  return { command: (size) => ({ ...command(size), env: { XDG_CACHE_HOME: cacheFolder } }) };
}

function published(name: string, args: Arguments): (size: number) => Command {
  const bundle = sourceOf(`packages/cli/dist/${name}.cjs`);
  return (size) => ({ program: process.execPath, args: [bundle, ...args(size)] });
}

/** The Go project's. */
export function theirs(args: Arguments): Contender {
  const { kubeseal } = requirePeers("kubeseal");
  return { command: (size) => ({ program: kubeseal, args: args(size) }) };
}

/** The same as ours, as one file that needs no Node; none where it was not built. */
export function executable(
  { folder, executable: built }: Pick<BenchContext, "folder" | "executable">,
  args: Arguments,
): Readonly<Record<string, Contender>> {
  if (built === null) return {};
  const program = join(folder, "kubeseal");
  // It is `kubeseal` where it is called so.
  if (!existsSync(program)) symlinkSync(built, program);
  return { "Sealwright, executable": { command: (size) => ({ program, args: args(size) }) } };
}
