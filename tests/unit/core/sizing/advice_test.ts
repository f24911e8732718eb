import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { advise, outlook, SEEN_TASKS_MIN, sizesAbout } from "../../../../core/sizing/advice.ts";
import { loadOf } from "../../../helpers/load_patterns.ts";

/** So many tasks a second, evenly, of 1 s each. */
function steady(busy: number, tasks = 1_000) {
  const load = loadOf({ gaps: "steady", runs: "constant", busy, tasks, seed: 1 });
  return { ...load, seenMs: tasks / busy * 1_000 };
}

function goal(changes: Partial<Parameters<typeof advise>[1]["settings"]> = {}, sizeMax = 256) {
  return { settings: { targetWaitMs: 100, tasksPerThread: 1, ...changes }, sizeMax };
}

Deno.test("advise() tells nothing of too few tasks", async () => {
  strictEqual(await advise(steady(2, SEEN_TASKS_MIN - 1), goal()), undefined);
  ok(await advise(steady(2, SEEN_TASKS_MIN), goal()));
});

Deno.test("advise() gives its numbers and its reason", async () => {
  deepStrictEqual(await advise(steady(2.5), goal()), {
    size: 3,
    keepsTarget: true,
    targetWaitMs: 100,
    arrivalRate: 2.5,
    meanRunMs: 1_000,
    utilisation: 2.5 / 3,
    seenTasks: 1_000,
    seenMs: 400_000,
    reason: "2.5 tasks a second that run 1000 ms keep 2.5 threads busy. With 3, busy for 83 % of " +
      "the time, 95 of 100 wait 0 ms at the most; 100 ms are allowed",
  });
});

Deno.test("advise() keeps a reserve where threads would always be busy", async () => {
  strictEqual((await advise(steady(4), goal()))?.size, 5); // 4 would do, if nothing ever changed
});

Deno.test("advise() counts how many tasks a thread runs at a time", async () => {
  strictEqual((await advise(steady(4.5), goal({ tasksPerThread: 5 })))?.size, 1);
});

Deno.test("advise() tells that no size keeps the target, and why", async () => {
  const { size, keepsTarget, reason } = await advise(steady(2.5), goal({}, 2)) ?? {};
  deepStrictEqual({ size, keepsTarget }, { size: 2, keepsTarget: false });
  strictEqual(
    reason,
    "2.5 tasks a second that run 1000 ms want 2.5 threads: with 2, ever more wait",
  );
  const burst = { arrivedMs: new Float64Array(40), runMs: new Float64Array(40).fill(1_000) };
  const short = await advise({ ...burst, seenMs: 60_000 }, goal({}, 10));
  deepStrictEqual([short?.size, short?.keepsTarget], [10, false]);
  ok(
    short?.reason.includes("Even with 10, busy for 7 % of the time, 95 of 100 wait up to 3000 ms"),
  );
});

Deno.test("advise() wants a thread for each of many that come at once and may not wait", async () => {
  const arrivedMs = Float64Array.from({ length: 400 }, (_, task) => Math.floor(task / 40) * 60_000);
  const load = { arrivedMs, runMs: new Float64Array(400).fill(1_000), seenMs: 600_000 };
  strictEqual((await advise(load, goal()))?.size, 38); // 95 of 100
  strictEqual((await advise(load, goal({ targetWaitMs: 1_500 })))?.size, 19);
});

Deno.test("outlook() tells of one size; of one with too few threads no wait", async () => {
  const settings = { tasksPerThread: 1 };
  deepStrictEqual(await outlook(steady(2.5), settings, 2), {
    size: 2,
    waitP95Ms: null,
    utilisation: 1.25,
  });
  deepStrictEqual(await outlook(steady(2.5), settings, 5), {
    size: 5,
    waitP95Ms: 0,
    utilisation: 0.5,
  });
});

Deno.test("sizesAbout() stays within what a pool may have", () => {
  deepStrictEqual(sizesAbout(2), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  deepStrictEqual(sizesAbout(255), [251, 252, 253, 254, 255, 256]);
});
