import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below every system's range for outgoing connections, so that none of those can take the port before the server does. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** A port on 127.0.0.1 that nothing listens on at this moment, and that is not `except`. */
export async function freePort(except?: number): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (port !== except && (await isFree(port))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
