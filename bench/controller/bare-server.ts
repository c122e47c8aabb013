import { once } from "node:events";
import { until } from "../../test/cluster/until.ts";
import { compiledProgram } from "../measure/compiled-program.ts";
import { startMeasured } from "../measure/stopwatch.ts";
import { programStartedBy, type Usage, usageOf } from "./process-usage.ts";

/** What answers calls, whoever it is. */
export interface Server {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  usage(): Usage;
}

/** Has a server that answers every call with what stands in a file, as soon as it can. */
export async function withBareServer<T>(file: string, action: (server: Server) => Promise<T>): Promise<T> {
  const args = [compiledProgram("bench/controller/programs/serve.ts"), file];
  const { process: stopwatch, ended } = startMeasured({ program: process.execPath, args });
  try {
    if (stopwatch.stdout === null) throw new Error("the server has no output");
    const [said] = (await once(stopwatch.stdout, "data")) as [string];
    const { port } = JSON.parse(said) as { readonly port: number };
    const started = () => (stopwatch.pid === undefined ? undefined : programStartedBy(stopwatch.pid));
    const pid = await until(started, { what: "the server's process" });
    return await action({ url: `http://127.0.0.1:${port}`, usage: () => usageOf(pid) });
  } finally {
    stopwatch.kill("SIGTERM");
    await ended;
  }
}
