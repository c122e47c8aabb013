/**
 * `npm run soak`: an hour in the life of a controller, compressed. Ends with 0 where nothing was lost, nothing was seen and its memory is
 * flat; with 1 where not; with 2 where a flag is wrong.
 */
import { parseArgs } from "node:util";
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import { startRealCluster } from "../cluster/real/real-cluster.ts";
import type { Memory } from "./memory.ts";
import { type Soaked, type SoakOptions, soak } from "./soak.ts";

const MEBIBYTE = 1024 * 1024;
/** What code and caches still gather; a leak of a few hundred bytes a change would be more in an hour. */
const MOST_GROWTH = 4 * MEBIBYTE;
const MAKERS = { embedded: startEmbeddedCluster, real: startRealCluster };

interface Arguments extends SoakOptions {
  readonly maker: keyof typeof MAKERS;
  /** Figures alone, for another program. */
  readonly json: boolean;
}

/** Throws an Error that says which flag is wrong. */
function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
      hostile: { type: "string", default: "0" },
      maker: { type: "string", default: "embedded" },
      json: { type: "boolean", default: false },
    },
  });
  const number = (flag: "minutes" | "seed" | "hostile", least: number) => {
    if (!/^\d+$/.test(values[flag]) || Number(values[flag]) < least)
      throw new Error(`--${flag} takes a whole number, ${least} or more`);
    return Number(values[flag]);
  };
  const { maker } = values;
  if (maker !== "embedded" && maker !== "real") throw new Error("--maker is embedded or real");
  const { json } = values;
  return { maker, json, minutes: number("minutes", 1), seed: number("seed", 0), hostile: number("hostile", 0) };
}

/** Memory in MB of a million bytes. */
function figuresOf({ samples, growth, leaks }: Soaked): Readonly<Record<string, number>> {
  return {
    "leaks of values": leaks.length,
    "most held, MB": Math.max(...samples.map(({ held }) => held)) / 1e6,
    "most resident, MB": Math.max(...samples.map(({ resident }) => resident)) / 1e6,
    "held more in the end, MB": growth / 1e6,
  };
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}

async function run({ maker, json, ...options }: Arguments): Promise<boolean> {
  const begin = performance.now();
  const cluster = await MAKERS[maker]();
  try {
    const onSample = (minute: number, { held, resident }: Memory) =>
      process.stdout.write(`minute ${minute}: ${mebibytes(held)} held, ${mebibytes(resident)} resident\n`);
    const soaked = await soak(cluster, json ? options : { ...options, onSample });
    const { growth, leaks, exitCode } = soaked;
    const seconds = Math.round((performance.now() - begin) / 1_000);
    const good = growth < MOST_GROWTH && leaks.length === 0 && exitCode === 0;
    const figures = `${mebibytes(growth)} more in the end, ${leaks.length} leaks, exit code ${exitCode}, ${seconds} s`;
    const line = json ? JSON.stringify(figuresOf(soaked)) : `${good ? "good" : "bad"}: ${figures}`;
    process.stdout.write(`${line}\n`);
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
