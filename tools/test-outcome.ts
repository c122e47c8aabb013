import type { TestCase, TestModule, Vitest } from "vitest/node";

export type TestCounts = Readonly<Record<"passed" | "failed" | "skipped", number>>;

/** What became of a run, as it is told at its end. */
export interface TestOutcome {
  readonly counts: TestCounts;
  /** Whether all that ran passed, and something did. */
  readonly good: boolean;
  /** A line for each test that failed, or passed at its second try alone, and for each file that could not be loaded. */
  readonly remarks: readonly string[];
}

const LONGEST_REMARK = 400;

/** Where the real programs are required, a run is a verdict: a test that fails is tried once more, and the outcome tells which those were. */
export const triesAgain = (): number => (process.env["SEALWRIGHT_REQUIRE_PEERS"] === "1" ? 1 : 0);

export function outcomeOf(run: Vitest): TestOutcome {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const remarks: string[] = [];
  const modules = run.state.getTestModules();
  for (const module of modules) {
    const tests = [...module.children.allTests()];
    for (const test of tests) counts[stateOf(test)] += 1;
    remarks.push(...tests.flatMap(remarksOn), ...errorsBesideTests(module));
  }
  const uncaught = run.state.getUnhandledErrors();
  for (const error of uncaught) remarks.push(remark("Not caught", (error as Error).message));
  const allWell = uncaught.length === 0 && modules.every((module) => module.ok());
  return { counts, good: allWell && counts.failed === 0 && counts.passed > 0, remarks };
}

/** `N passed, N failed, N skipped` */
export function describeCounts({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A test that never ended has failed. */
function stateOf(test: TestCase): keyof TestCounts {
  const { state } = test.result();
  return state === "pending" ? "failed" : state;
}

function remarksOn(test: TestCase): readonly string[] {
  const name = `${test.module.relativeModuleId} > ${test.fullName}`;
  const why = test.result().errors?.[0]?.message ?? "did not end";
  if (stateOf(test) === "failed") return [remark(`Failed: ${name}`, why)];
  return test.diagnostic()?.flaky === true ? [remark(`Passed at its second try alone: ${name}`, why)] : [];
}

/** Of hooks, and of files that could not be loaded. */
function errorsBesideTests(module: TestModule): readonly string[] {
  const suites = [...module.children.allSuites()];
  const errors = [...module.errors(), ...suites.flatMap((suite) => suite.errors())];
  return errors.map(({ message }) => remark(`Failed: ${module.relativeModuleId}`, message));
}

function remark(subject: string, why: string): string {
  return `${subject}: ${why}`.replaceAll(/\s+/g, " ").slice(0, LONGEST_REMARK);
}
