import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestKeys } from "./keys.ts";
import { PROGRAMS } from "./script/program.ts";
import { World } from "./script/world.ts";

/** MB for all that V8 keeps: what is read and what is written takes much more. */
const HEAP = 36;
const DOCUMENTS = 100;
const VALUE = 360_000;

let world: World;

beforeAll(async () => {
  world = await World.create(await createTestKeys(), []);
  const value = Buffer.alloc(VALUE, "x").toString("base64");
  const documents = Array.from({ length: DOCUMENTS }, (_, index) => {
    return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s-${index}\n  namespace: n\ndata:\n  value: ${value}\n`;
  });
  await writeFile(world.path("many.yaml"), documents.join("---\n"));
});

afterAll(() => world.close());

/** What was sealed before is read beside the input when it is sealed again. */
test.each([
  ["kubeseal", ["--cert", "cert.pem", "-f", "many.yaml", "-w", "kubeseal.yaml"], "kubeseal.yaml"],
  ["sealwright", ["seal", "--cert", "cert.pem", "many.yaml", "-w", "sealed.yaml"], "sealed.yaml"],
  ["sealwright", ["seal", "--cert", "cert.pem", "many.yaml", "-w", "sealed.yaml"], "sealed.yaml"],
  ["sealwright", ["seal", "--cert", "cert.pem", "many.yaml"], null],
])("%s %j holds no more than a document or two", async (program, args, output) => {
  const command = [`--max-old-space-size=${HEAP}`, PROGRAMS[program] ?? "", ...args];
  const child = spawn(process.execPath, command, { cwd: world.folder, env: world.env });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  expect({ code, stderr: stderr.slice(0, 1_000) }).toEqual({ code: 0, stderr: "" });
  const length = output === null ? stdout.length : (await stat(world.path(output))).size;
  expect(length).toBeGreaterThan(DOCUMENTS * VALUE);
});
