/**
 * `npm run soak`: an hour in the life of a controller, compressed. Ends with 0 where nothing was lost, nothing was seen and its memory is
 * flat; with 1 where not; with 2 where a flag is wrong.
 */
import { parseArgs } from "node:util";
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import { startRealCluster } from "../cluster/real/real-cluster.ts";
import { type SoakOptions, soak } from "./soak.ts";

const MEBIBYTE = 1024 * 1024;
/** What code and caches still gather; a leak of a few hundred bytes a change would be more in an hour. */
const MOST_GROWTH = 4 * MEBIBYTE;
const MAKERS = { embedded: startEmbeddedCluster, real: startRealCluster };

interface Arguments extends SoakOptions {
  readonly maker: keyof typeof MAKERS;
}

/** Throws an Error that says which flag is wrong. */
function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
      hostile: { type: "string", default: "0" },
      maker: { type: "string", default: "embedded" },
    },
  });
  const number = (flag: "minutes" | "seed" | "hostile", least: number) => {
    if (!/^\d+$/.test(values[flag]) || Number(values[flag]) < least)
      throw new Error(`--${flag} takes a whole number, ${least} or more`);
    return Number(values[flag]);
  };
  const { maker } = values;
  if (maker !== "embedded" && maker !== "real") throw new Error("--maker is embedded or real");
  return { maker, minutes: number("minutes", 1), seed: number("seed", 0), hostile: number("hostile", 0) };
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}

async function run({ maker, ...options }: Arguments): Promise<boolean> {
  const begin = performance.now();
  const cluster = await MAKERS[maker]();
  try {
    const { growth, leaks, exitCode } = await soak(cluster, {
      ...options,
      onSample: (minute, { held, resident }) =>
        process.stdout.write(`minute ${minute}: ${mebibytes(held)} held, ${mebibytes(resident)} resident\n`),
    });
    const seconds = Math.round((performance.now() - begin) / 1_000);
    const good = growth < MOST_GROWTH && leaks.length === 0 && exitCode === 0;
    const figures = `${mebibytes(growth)} more in the end, ${leaks.length} leaks, exit code ${exitCode}, ${seconds} s`;
    process.stdout.write(`${good ? "good" : "bad"}: ${figures}\n`);
    return good;
  } finally {
    await cluster.stop();
  }
}

function fail(error: unknown, code: number): void {
  const cause = error instanceof Error && error.cause instanceof Error ? `\n${error.cause.message}` : "";
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}${cause}\n`);
  process.exitCode = code;
}

function argumentsOrNull(): Arguments | null {
  try {
    return readArguments();
  } catch (error) {
    fail(error, 2);
    return null;
  }
}

const given = argumentsOrNull();
if (given !== null) {
  await run(given).then(
    (good) => {
      process.exitCode = good ? 0 : 1;
    },
    (error: unknown) => fail(error, 1),
  );
}
