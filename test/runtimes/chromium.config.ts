/** Core's tests in Chromium: every file is a page of its own there, and Node serves the files and bears witness. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import type { BrowserCommand } from "vitest/node";
import { manifestTexts } from "../../packages/core/test/kubernetes-yaml/rewrite/manifest-texts.ts";
import * as witness from "../../packages/core/test/witness.ts";
import { vectorText } from "../vectors/vector-text.ts";
import { chromiumProgram, FLAGS } from "./chromium/program.ts";
import type { Question } from "./chromium/witness.ts";
import { LEFT_OUT_IN_CHROMIUM } from "./left-out.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const inChromium = (module: string) => `${root}test/runtimes/chromium/${module}.ts`;

const answers = { ...witness };
const answer: BrowserCommand<[Question, readonly string[]]> = (_context, question, args) =>
  (answers[question] as (...args: readonly string[]) => unknown)(...args);

export default defineConfig({
  root,
  // What of the environment the tests look at: how many runs, and of which seed.
  define: { "process.env": JSON.stringify(ownVariables()) },
  resolve: {
    alias: ["witness", "vector-text", "manifest-texts"].map((module) => ({
      find: new RegExp(`^\\.+/(.*/)?${module}\\.ts$`),
      replacement: inChromium(module),
    })),
  },
  test: {
    name: "chromium",
    include: ["packages/core/test/**/*.test.ts"],
    exclude: Object.keys(LEFT_OUT_IN_CHROMIUM).map((file) => `packages/core/test/${file}`),
    provide: { backing: "web" as const, vectors: vectorTexts(), manifests: manifestTexts() },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      instances: [{ browser: "chromium" }],
      provider: playwright({
        launchOptions: {
          executablePath: chromiumProgram() ?? "",
          // The template engine's module is instantiated in a worker, which may; the tests of the instance itself do it in the page.
          args: [...FLAGS, "--enable-features=WebAssemblyUnlimitedSyncCompilation"],
        },
      }),
      commands: { answer },
    },
  },
});

function vectorTexts(): Readonly<Record<string, string>> {
  const names = readdirSync(`${root}test/vectors`).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(names.map((name) => [name, vectorText(name)]));
}

function ownVariables(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("SEALWRIGHT_")));
}
