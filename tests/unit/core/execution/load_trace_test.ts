import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LoadTrace, TRACE_TASKS_MAX } from "../../../../core/execution/load_trace.ts";

function listed(trace: LoadTrace, fromMs: number, count = 0): number[][] {
  const { arrivedMs, runMs } = trace.since(fromMs, count);
  return [[...arrivedMs], [...runMs]];
}

Deno.test("LoadTrace.since() gives tasks in the order in which they came", () => {
  const trace = new LoadTrace();
  deepStrictEqual(listed(trace, 0), [[], []]);
  for (const [arrivedMs, runMs] of [[20, 1], [10, 30], [40, 2], [30, 20]] as const) {
    trace.record(arrivedMs, runMs);
  }
  deepStrictEqual(listed(trace, 0), [[10, 20, 30, 40], [30, 1, 20, 2]]);
  deepStrictEqual(listed(trace, 30), [[30, 40], [20, 2]]);
  deepStrictEqual(listed(trace, 50, 1), [[30], [20]]); // the last that ended
  strictEqual(trace.recorded, 4);
});

Deno.test("LoadTrace forgets the oldest, and still counts them", () => {
  const trace = new LoadTrace();
  for (let task = 0; task < TRACE_TASKS_MAX + 2; task++) trace.record(task, 1);
  const { arrivedMs } = trace.since(0, 0);
  deepStrictEqual([arrivedMs.length, arrivedMs[0], arrivedMs.at(-1)], [
    TRACE_TASKS_MAX,
    2,
    TRACE_TASKS_MAX + 1,
  ]);
  strictEqual(trace.recorded, TRACE_TASKS_MAX + 2);
});
