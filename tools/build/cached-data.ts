/**
 * Run by the build in a Node of its own, with the folder of a bundle: seals as people do, and then writes what V8 has compiled for it
 * beside each file of the bundle. It holds what a sealing needs and no more, for all of it is read at every start.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Script } from "node:vm";
import { createSealingKey } from "@sealwright/core";
import { cachedDataOf, load } from "../../packages/cli/src/published/load.ts";
import type * as Program from "../../packages/cli/src/published/program.ts";

const SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  namespace: b\nstringData:\n  c: d\n";

/** What Node itself loads. */
const STARTERS = /\b(?:sealwright|kubeseal)\.cjs$/;

const bundle = process.argv[2] ?? "";
const work = mkdtempSync(join(tmpdir(), "sealwright-build-"));
try {
  const scripts = new Map<string, Script>();
  const onScript = (path: string, script: Script) => void scripts.set(path, script);
  const { main, processIo } = load(join(bundle, "program.cjs"), onScript) as typeof Program;
  process.chdir(work);
  const pem = await certificate();
  writeFileSync("cert.pem", pem);
  writeFileSync("secret.yaml", SECRET);
  writeFileSync("kubeconfig", kubeconfig(await serveController(pem)));
  const io = processIo(process);
  const sealings = [
    ["kubeseal", "--cert", "cert.pem", "-f", "secret.yaml", "-w", "sealed.yaml"],
    ["kubeseal", "--kubeconfig", "kubeconfig", "-f", "secret.yaml", "-w", "sealed.yaml"],
    ["sealwright", "seal", "--cert", "cert.pem", "-w", "sealed.yaml", "secret.yaml"],
  ];
  for (const sealing of sealings) {
    const code = await main(sealing, io);
    if (code !== 0) throw new Error(`${sealing.join(" ")} ended with ${code}`);
  }
  // Of what a sealing does not need, only what runs when it is loaded.
  for (const file of [...filesIn(bundle), ...filesIn(join(bundle, "third-party"))]) {
    if (!scripts.has(file) && !STARTERS.test(file)) load(file, onScript);
  }
  for (const [path, script] of scripts) writeFileSync(cachedDataOf(path), script.createCachedData());
} finally {
  rmSync(work, { recursive: true });
}

function filesIn(folder: string): readonly string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".cjs"));
  return files.map((name) => join(folder, name));
}

async function certificate(): Promise<string> {
  const now = Date.now();
  const validity = { notBefore: new Date(now - 60_000), notAfter: new Date(now + 3_600_000) };
  return (await createSealingKey({ bits: 2048, commonName: "", ...validity })).certificate;
}

/** Starts what answers as an API server with a controller behind it. Returns its URL. */
async function serveController(pem: string): Promise<string> {
  const service = JSON.stringify({ spec: { ports: [{ port: 8080 }] } });
  const server = createServer(({ url }, response) => void response.end(url?.endsWith("/v1/cert.pem") ? pem : service));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // Nobody closes it: it ends with the process.
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As kubectl writes it. */
function kubeconfig(server: string): string {
  return `apiVersion: v1
clusters:
- cluster:
    server: ${server}
  name: a
contexts:
- context:
    cluster: a
    user: a
  name: a
current-context: a
kind: Config
preferences: {}
users:
- name: a
  user:
    token: a
`;
}
