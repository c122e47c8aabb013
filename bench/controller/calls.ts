import { Agent, request } from "undici";
import type { Contender, Series } from "../bench.ts";
import { bareRsa } from "../core/commands.ts";
import { writeKeys } from "../core/inputs.ts";
import type { Sample } from "../measure/stopwatch.ts";
import { type Server, withBareServer } from "./bare-server.ts";
import { concurrently } from "./concurrently.ts";
import { type Contestant, OURS, THEIRS } from "./contestant.ts";
import { backlogOf, type Keys } from "./inputs.ts";
import { quantile } from "./quantile.ts";
import { NO_RATE_LIMIT } from "./serving-controller.ts";
import { withWorld } from "./world.ts";

const CALLERS = 16;
const FLOOD_CALLERS = 400;
const FLOOD_BODY = 2_000_000;

interface Load {
  readonly path: string;
  /** Absent for a GET. */
  readonly body?: string;
  readonly callers: number;
}

/** What anyone in the cluster may ask of a controller. */
export async function calls(folder: string, keys: Keys): Promise<readonly Series[]> {
  const [sealed = ""] = await backlogOf(1, keys);
  const { pem, certificate } = writeKeys(folder, "calls-key", keys.pems.slice(0, 1));
  const rsa: Contender = {
    limit: "2 RSA decryptions a call by OpenSSL, on one core",
    command: (size) => bareRsa("decrypt", 2 * size, pem),
  };
  const series = (path: string, size: number, extra: Readonly<Record<string, Contender>>): Series => ({
    title: `Calls of ${path}`,
    about: `${CALLERS} callers, each with one call at a time, and no rate limit; a SealedSecret of 2 items where there is a body. Processor time is that of the calls alone.`,
    unit: "call",
    sizes: [size],
    long: true,
    contenders: {
      Sealwright: under(OURS, keys, loadOf(path)),
      Go: under(THEIRS, keys, loadOf(path)),
      ...extra,
    },
    ratios: [
      { of: "Sealwright", to: "Go", by: "cpu" },
      { of: "Sealwright", to: "Go", by: "wall" },
    ],
  });
  const loadOf = (path: string): Load => ({
    path,
    callers: CALLERS,
    ...(path === "/v1/cert.pem" ? {} : { body: sealed }),
  });
  return [
    series("/v1/verify", 1_000, { "bare RSA": rsa }),
    series("/v1/rotate", 1_000, { "bare RSA": rsa }),
    series("/v1/cert.pem", 10_000, { "bare HTTP": bareAnswers(certificate) }),
    flood(keys),
  ];
}

/** Bodies that nobody who is well-meaning sends, all at once. */
function flood(keys: Keys): Series {
  const load = { path: "/v1/verify", body: `{"padding":"${"x".repeat(FLOOD_BODY)}"}`, callers: FLOOD_CALLERS };
  return {
    title: "A flood of /v1/verify",
    about: `${FLOOD_CALLERS} callers at the same time, each with bodies of 2 MB that hold no SealedSecret, and no rate limit; the Go one logs each of them whole. What counts is the memory, and its limit is to keep none of them; Sealwright turns away whom it has no place for (503).`,
    unit: "call",
    sizes: [800],
    long: true,
    contenders: { Sealwright: under(OURS, keys, load), Go: under(THEIRS, keys, load) },
    ratios: [{ of: "Sealwright", to: "Go", by: "peak" }],
  };
}

/** A controller with nothing else to do. */
function under(contestant: Contestant, keys: Keys, load: Load): Contender {
  return {
    run: (size) =>
      withWorld(contestant, keys.pems.slice(0, 1), async (world) => {
        const controller = await world.start(NO_RATE_LIMIT);
        try {
          await controller.ready();
          return await callWarm(controller, load, size);
        } finally {
          await controller.stop();
        }
      }),
  };
}

/** A program that has the same answer at hand for everything. */
function bareAnswers(certificate: string): Contender {
  const limit = "a server on Node that answers every call with the same bytes, and looks at none";
  const load = { path: "/v1/cert.pem", callers: CALLERS };
  return {
    limit,
    clockLimit: limit,
    run: (size) => withBareServer(certificate, (server) => callWarm(server, load, size)),
  };
}

/** The first calls of a server are those that compile it. */
async function callWarm(server: Server, load: Load, size: number): Promise<Sample> {
  await callAll(server, { ...load, callers: Math.min(load.callers, CALLERS) }, CALLERS);
  return callAll(server, load, size);
}

async function callAll(server: Server, { path, body, callers }: Load, size: number): Promise<Sample> {
  const agent = new Agent({ connections: callers });
  const before = server.usage();
  const begin = performance.now();
  const call = async () => {
    const at = performance.now();
    const status = await statusOf(agent, `${server.url}${path}`, body);
    return { status, seconds: (performance.now() - at) / 1_000 };
  };
  try {
    const answers = await concurrently(Array.from({ length: size }), call, callers);
    const wall = (performance.now() - begin) / 1_000;
    const { cpu, peak } = server.usage();
    const waits = answers.filter(({ status }) => status === 200).map(({ seconds }) => 1_000 * seconds);
    const told = {
      "answered 200": waits.length,
      "turned away": answers.filter(({ status }) => status === 503 || status === 0).length,
      ...(waits.length > 0 && { "50 %, ms": quantile(waits, 0.5), "99 %, ms": quantile(waits, 0.99) }),
    };
    return { wall, cpu: cpu - before.cpu, peak, told };
  } finally {
    await agent.destroy();
  }
}

/** 0 where the connection was cut before an answer came. */
async function statusOf(dispatcher: Agent, url: string, body: string | undefined): Promise<number> {
  try {
    const answer = await request(url, body === undefined ? { dispatcher } : { dispatcher, method: "POST", body });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return 0;
  }
}
