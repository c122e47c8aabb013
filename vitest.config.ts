import { defineConfig } from "vitest/config";

const project = (name: string, root: string) => ({
  test: { name, root, include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});

/**
 * For many small files that leave nothing behind: one process takes them one after the other, where one for each would cost more than its
 * tests.
 */
const FEW_PROCESSES = { isolate: false } as const;

/** The tests of core run on both backings of its cryptography; test/backing.test.ts holds a project to its own. */
const core = {
  test: { ...project("core", "packages/core").test, ...FEW_PROCESSES, provide: { backing: "node" as const } },
};

/** `#crypto` resolved as a browser's bundler resolves it. */
const coreWeb = {
  ssr: { resolve: { conditions: ["browser"] } },
  test: {
    ...project("core-web", "packages/core").test,
    ...FEW_PROCESSES,
    exclude: ["test/kubernetes-yaml/**", "test/template/**", "test/threads/{host-node,shared-pool}.test.ts"],
    provide: { backing: "web" as const },
  },
};

export default defineConfig({
  test: {
    // More than the two cores that this is meant for: most suites wait for API servers and other programs.
    maxWorkers: 4,
    projects: [
      core,
      coreWeb,
      project("cli", "packages/cli"),
      { test: { ...project("controller", "packages/controller").test, ...FEW_PROCESSES } },
      {
        test: {
          name: "test",
          root: "test",
          include: ["**/*.test.ts"],
          // `npm run test:runtimes` runs it, with what is installed for it alone.
          exclude: ["runtimes/**"],
          globalSetup: ["programs/bundle-controller.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
