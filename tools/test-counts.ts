import type { TestCase, Vitest } from "vitest/node";

export type TestCounts = Readonly<Record<"passed" | "failed" | "skipped", number>>;

/** What became of the tests of a run. One that never ended has failed. */
export function countTests(run: Vitest): TestCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of run.state.getTestModules()) {
    for (const test of module.children.allTests()) counts[stateOf(test)] += 1;
  }
  return counts;
}

/** Whether something failed that is no test: a file that could not be loaded, or an error that nobody caught. */
export function failedOutsideTests(run: Vitest): boolean {
  return run.state.getUnhandledErrors().length > 0 || run.state.getTestModules().some((module) => !module.ok());
}

/** `N passed, N failed, N skipped` */
export function describeCounts({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function stateOf(test: TestCase): keyof TestCounts {
  const { state } = test.result();
  return state === "pending" ? "failed" : state;
}
