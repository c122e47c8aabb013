/** `serve.ts FILE`: answers every request with what stands in a file, and does nothing else that a controller does. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const [, , file = ""] = process.argv;
const body = readFileSync(file);
const server = createServer((_, answer) => answer.end(body));
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
