import { deepStrictEqual } from "node:assert/strict";
import { LOOKS_MAX, threadsOf, type View, viewOf } from "../../../../cli/top/look.ts";
import { lookAt, numberedPool, wireHealth, wireRunning, wireWorker } from "./top_samples.ts";

function names({ pools }: View): readonly string[] {
  return pools.map(({ pool }) => pool.name);
}

Deno.test("viewOf() puts first what is busiest, then what waits most, then by name", () => {
  const view = viewOf(lookAt([
    numberedPool(10),
    numberedPool(9),
    numberedPool(3, { pending_tasks: 4 }),
    numberedPool(4, { pending_tasks: 5 }),
    numberedPool(5, { workers: [wireWorker(0, wireRunning()), wireWorker(1)] }),
  ]));
  deepStrictEqual(names(view), ["pool-5", "pool-4", "pool-3", "pool-9", "pool-10"]);
  deepStrictEqual(view.pools.map(({ busy }) => busy), [1, 0, 0, 0, 0]);
});

Deno.test("viewOf() knows rates from the second look on", () => {
  const first = viewOf(lookAt([numberedPool(1, { completed_tasks: 5 })]));
  deepStrictEqual(first.rates, { completed: null, failed: null });
  const second = viewOf(
    lookAt([numberedPool(1, { completed_tasks: 9, failed_tasks: 1 }), numberedPool(2)], {
      monotonicMs: 2_000,
      health: wireHealth({ completed_tasks: 17, failed_tasks: 1 }),
    }),
    first,
  );
  deepStrictEqual([second.rates, ...second.pools.map(({ rates }) => rates)], [
    { completed: 5, failed: 0.5 },
    { completed: 2, failed: 0.5 },
    { completed: null, failed: null }, // it was not there before
  ]);
});

Deno.test("viewOf() does not compare a server with the one before its restart", () => {
  const first = viewOf(lookAt([numberedPool(1)]));
  const health = wireHealth({ completed_tasks: 100, started_at: "2026-01-02T03:00:00Z" });
  const second = viewOf(lookAt([numberedPool(1)], { monotonicMs: 1_000, health }), first);
  deepStrictEqual(second.rates, { completed: null, failed: null });
});

Deno.test("viewOf() shares the types out by what the last looks saw running", () => {
  const both = [wireWorker(0, wireRunning()), wireWorker(1, wireRunning({ task_type: "primes" }))];
  let view = viewOf(lookAt([numberedPool(1, { workers: both })]));
  deepStrictEqual(view.types, [
    { name: "primes", running: 1, share: 0.5 },
    { name: "sleep", running: 1, share: 0.5 },
  ]);
  const one = [wireWorker(0, wireRunning())];
  for (const workers of [one, one]) view = viewOf(lookAt([numberedPool(1, { workers })]), view);
  deepStrictEqual(view.types, [
    { name: "sleep", running: 1, share: 0.75 },
    { name: "primes", running: 0, share: 0.25 },
  ]);
  for (let look = 0; look < LOOKS_MAX; look++) view = viewOf(lookAt([]), view);
  deepStrictEqual([view.types, view.tallies.length], [[], LOOKS_MAX]);
});

Deno.test("threadsOf() has a row for each running task, and one for an idle thread", () => {
  const [one, two] = [wireRunning({ task_id: "a" }), wireRunning({ task_id: "b" })];
  const workers = [wireWorker(0, one, two), wireWorker(1)];
  deepStrictEqual(
    threadsOf(numberedPool(1, { workers })).map(({ key, task }) => [key, task?.task_id]),
    [["0 a", "a"], ["0 b", "b"], ["1", undefined]],
  );
});
