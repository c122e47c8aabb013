import { defineConfig } from "vitest/config";

const project = (name: string, root: string) => ({
  test: { name, root, include: ["test/**/*.test.ts"], testTimeout: 20_000, hookTimeout: 60_000 },
});

export default defineConfig({
  test: {
    // Two cores carry the suites, and the API servers that they start.
    maxWorkers: 2,
    projects: [
      project("core", "packages/core"),
      project("cli", "packages/cli"),
      project("controller", "packages/controller"),
      {
        test: { name: "test", root: "test", include: ["**/*.test.ts"], testTimeout: 60_000, hookTimeout: 120_000 },
      },
    ],
  },
});
