/**
 * `npm run bench`: our `kubeseal`, as it is published, beside the Go project's, on the same input in the same run. Runs alternate, the
 * first of each is left out, and the ratio is of medians.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSealingKey } from "@sealwright/core";
import { requirePeers } from "../test/peers/binaries.ts";
import { sourceOf } from "../test/programs/program.ts";

const ROUNDS = 11;
const DOCUMENTS = [1, 100, 500];

const { kubeseal } = requirePeers("kubeseal");
const build = spawnSync(process.execPath, [sourceOf("tools/build.ts")], { stdio: "inherit" });
if (build.status !== 0) process.exit(1);

const folder = mkdtempSync(join(tmpdir(), "sealwright-bench-"));
try {
  const now = Date.now();
  const validity = { notBefore: new Date(now - 60_000), notAfter: new Date(now + 3_600_000) };
  const { certificate } = await createSealingKey({ bits: 4096, commonName: "", ...validity });
  writeFileSync(join(folder, "cert.pem"), certificate);
  for (const documents of DOCUMENTS) compare(documents);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compare(documents: number): void {
  const input = join(folder, `${documents}.yaml`);
  writeFileSync(input, Array.from({ length: documents }, (_, index) => secret(index)).join("---\n"));
  const args = ["--cert", join(folder, "cert.pem"), "-f", input, "-o", "yaml", "-w", join(folder, "out.yaml")];
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const first = milliseconds(process.execPath, [sourceOf("packages/cli/dist/kubeseal.js"), ...args]);
    const second = milliseconds(kubeseal, args);
    if (round > 0) {
      ours.push(first);
      theirs.push(second);
    }
  }
  const ratio = median(theirs) / median(ours);
  const line = `${documents} documents of 2 items: ours ${spread(ours)}, Go's ${spread(theirs)}: ${ratio.toFixed(2)}x its speed`;
  process.stdout.write(`${line}\n`);
}

function secret(index: number): string {
  const metadata = `metadata: {name: secret-${index}, namespace: bench}`;
  return `apiVersion: v1\nkind: Secret\n${metadata}\nstringData:\n  user: user-${index}\n  password: a-password-${index}\n`;
}

function milliseconds(program: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

function spread(figures: readonly number[]): string {
  const [low, high] = [Math.min(...figures), Math.max(...figures)];
  return `${median(figures).toFixed(0)} ms (${low.toFixed(0)} to ${high.toFixed(0)})`;
}
