/** Core as it is published, and the examples, in every runtime: Node tests, and they are what is tested. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: {
    name: "published",
    include: ["published/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
