/** Core's tests in a runtime that is a process: Bun, or another Node. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LEFT_OUT_IN_BUN } from "./left-out.ts";

const inBun = process.versions.bun !== undefined;
const leftOut = inBun ? LEFT_OUT_IN_BUN : {};

export default defineConfig({
  root: fileURLToPath(new URL("../../packages/core", import.meta.url)),
  test: {
    name: inBun ? "bun" : "node",
    include: ["test/**/*.test.ts"],
    exclude: Object.keys(leftOut).map((file) => `test/${file}`),
    // Bun's child processes lack what vitest needs of them.
    pool: inBun ? "threads" : "forks",
    provide: { backing: "node" as const },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
