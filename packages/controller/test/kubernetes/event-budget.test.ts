import { expect, test } from "vitest";
import { EventBudget } from "../../src/kubernetes/event-budget.ts";

const takes = (budget: EventBudget, uid: string, count: number, now: number) =>
  Array.from({ length: count }, () => budget.take(uid, now)).filter(Boolean).length;

test("25 about one object at once, then one in five minutes, and all of them after two hours of silence", () => {
  const budget = new EventBudget();
  expect(takes(budget, "a", 30, 0)).toBe(25);
  expect(takes(budget, "a", 5, 299_000)).toBe(0);
  expect(takes(budget, "a", 5, 300_000)).toBe(1);
  expect(takes(budget, "a", 5, 900_000)).toBe(2);
  expect(takes(budget, "a", 30, 10_000_000)).toBe(25);
});

test("each object has its own", () => {
  const budget = new EventBudget();
  takes(budget, "a", 30, 0);
  expect(takes(budget, "b", 30, 0)).toBe(25);
});

test("more objects than it remembers do not take the budget of the last ones away", () => {
  const budget = new EventBudget();
  takes(budget, "loud", 30, 0);
  for (let index = 0; index < 4_000; index++) budget.take(`other-${index}`, 0);
  expect(budget.take("loud", 0)).toBe(false);
});
