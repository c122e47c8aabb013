import { afterEach, beforeAll, beforeEach } from "vitest";
import { createTestKeys, type TestKeys } from "../keys.ts";
import type { EmbeddedFile } from "../script/script.ts";
import { World } from "../script/world.ts";
import { PseudoTerminal } from "./pseudo-terminal.ts";

/** What each test of a file finds anew; the keys are the same for all. */
export interface TerminalSession {
  readonly keys: TestKeys;
  readonly world: World;
  /** Of what was run last. */
  readonly terminal: PseudoTerminal;
  /** Runs a script in a terminal. */
  run(script: string): void;
}

/** @param files in the folder of every test */
export function terminalSession(files: readonly EmbeddedFile[]): TerminalSession {
  let keys: TestKeys;
  let world: World;
  let terminal: PseudoTerminal;

  beforeAll(async () => {
    keys = await createTestKeys();
  });
  beforeEach(async () => {
    world = await World.create(keys, files);
  });
  afterEach(async () => {
    terminal.close();
    await world.close();
  });

  return {
    get keys() {
      return keys;
    },
    get world() {
      return world;
    },
    get terminal() {
      return terminal;
    },
    run(script) {
      terminal = new PseudoTerminal(world, script);
    },
  };
}
