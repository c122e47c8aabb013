import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSealingKey } from "@sealwright/core";
import { requirePeers } from "../../test/peers/binaries.ts";
import { sourceOf } from "../../test/programs/program.ts";
import type { Bench } from "../bench.ts";
import { bareRsa } from "../core/commands.ts";

const SIZES = [1, 100, 500];

export const kubeseal: Bench = {
  summary:
    "Our `kubeseal` as it is published, beside the Go project's, on the same file: what a person waits for, start and YAML included.",
  peers: ["kubeseal"],

  async prepare({ folder }) {
    const now = Date.now();
    const validity = { notBefore: new Date(now - 60_000), notAfter: new Date(now + 86_400_000) };
    const { certificate, privateKey } = await createSealingKey({ bits: 4096, commonName: "", ...validity });
    const file = (name: string) => join(folder, name);
    writeFileSync(file("cert.pem"), certificate);
    writeFileSync(file("key.pem"), privateKey, { mode: 0o600 });
    for (const size of SIZES) writeFileSync(file(`${size}.yaml`), Array.from({ length: size }, secret).join("---\n"));
    const args = (size: number) =>
      ["--cert", file("cert.pem"), "-f", file(`${size}.yaml`), "-o", "yaml", "-w", file("out.yaml")] as const;
    const theirs = requirePeers("kubeseal").kubeseal;
    return [
      {
        title: "Seal a file",
        about: "Documents of 2 items in YAML, a key of 4096 bits, a certificate in a file.",
        unit: "document",
        sizes: SIZES,
        contenders: {
          Sealwright: {
            command: (size) => ({
              program: process.execPath,
              args: [sourceOf("packages/cli/dist/kubeseal.cjs"), ...args(size)],
            }),
          },
          Go: { command: (size) => ({ program: theirs, args: args(size) }) },
          "bare RSA": {
            limit: "2 RSA encryptions a document by OpenSSL, and the start of Node",
            command: (size) => bareRsa("encrypt", 2 * size, file("key.pem")),
          },
        },
        ratios: [
          { of: "Sealwright", to: "Go", by: "wall" },
          { of: "Sealwright", to: "Go", by: "cpu" },
        ],
      },
    ];
  },
};

function secret(_: unknown, index: number): string {
  const metadata = `metadata: {name: secret-${index}, namespace: bench}`;
  return `apiVersion: v1\nkind: Secret\n${metadata}\nstringData:\n  user: user-${index}\n  password: a-password-${index}\n`;
}
