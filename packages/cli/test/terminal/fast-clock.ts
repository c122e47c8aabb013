/** For `node --import`: each look at the clock is a second later than the one before, so that whatever is done takes long. */
let passed = 0;

globalThis.Date = class extends Date {
  constructor(...given: readonly unknown[]) {
    passed += 1_000;
    super(...((given.length === 0 ? [Date.now() + passed] : given) as [number]));
  }
} as DateConstructor;
