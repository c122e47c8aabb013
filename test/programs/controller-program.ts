import { sourceOf } from "./program.ts";

/** The variable of the environment that tells where the controller was bundled to. */
export const BUNDLED = "SEALWRIGHT_TEST_CONTROLLER";

/** What is started as the controller: the bundle that this run of the tests has made, or its sources where it has made none. */
export function controllerProgram(): string {
  return process.env[BUNDLED] ?? sourceOf("packages/controller/src/bin.ts");
}
