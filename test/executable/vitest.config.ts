import { defineConfig } from "vitest/config";

/** Apart from the other tests, for an executable takes Bun to build: `npm run test:built` does both. */
export default defineConfig({
  test: { name: "executable", include: ["test/executable/*.check.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
