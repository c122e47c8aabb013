import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../../packages/core", import.meta.url));

/** Core's suites but for the slowest, and the bytes of one value on the other backing as well. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "core",
          root,
          include: [
            "test/*.test.ts",
            "test/template/template-data.test.ts",
            "test/threads/unseal-with-threads.test.ts",
          ],
          exclude: ["test/certificate.test.ts", "test/mutated-objects.test.ts"],
          provide: { backing: "node" },
        },
      },
      {
        ssr: { resolve: { conditions: ["browser"] } },
        test: { name: "core-web", root, include: ["test/hybrid.test.ts"], provide: { backing: "web" } },
      },
    ],
  },
});
