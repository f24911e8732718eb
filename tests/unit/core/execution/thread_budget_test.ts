import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { ThreadBudget } from "../../../../core/execution/thread_budget.ts";

Deno.test("ThreadBudget.take() gives places up to the maximum, then the reason", () => {
  const budget = new ThreadBudget(2, 1);
  deepStrictEqual([budget.take(), budget.take(), budget.take()], [
    undefined,
    undefined,
    "all 2 threads that may live at a time are in use",
  ]);
  budget.release();
  strictEqual(budget.take(), undefined);
});

Deno.test("ThreadBudget.whenFree() calls back once, when a place is given back", () => {
  const budget = new ThreadBudget(1, 0);
  const calls: string[] = [];
  budget.take();
  budget.whenFree(() => calls.push("one"));
  budget.whenFree(() => calls.push("other"));
  deepStrictEqual(calls, []);
  budget.release();
  deepStrictEqual(calls, ["one", "other"]);
  budget.take();
  budget.release();
  deepStrictEqual(calls, ["one", "other"]);
});

Deno.test("ThreadBudget.whenFree() may ask again while it is called back", () => {
  const budget = new ThreadBudget(1, 0);
  const refusals: (string | undefined)[] = [];
  const tryAgain = () => {
    const refusal = budget.take();
    refusals.push(refusal);
    if (refusal !== undefined) budget.whenFree(tryAgain);
  };
  budget.take();
  budget.whenFree(tryAgain);
  budget.whenFree(() => budget.take());
  budget.release();
  deepStrictEqual(refusals, [undefined]);
});

Deno.test("ThreadBudget.take() refuses while there are too many zombies", () => {
  const budget = new ThreadBudget(10, 1);
  budget.addZombie();
  strictEqual(budget.take(), undefined);
  budget.addZombie();
  strictEqual(budget.take(), "2 threads could not be stopped, at most 1 are allowed");
  budget.removeZombie();
  strictEqual(budget.take(), undefined);
});
