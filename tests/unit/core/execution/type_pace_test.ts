import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { TypePace } from "../../../../core/execution/type_pace.ts";

const URL_OF_ONE = "file:///one.task.ts";

/** What is thought of a type after these runs. */
function paceAfter(runs: readonly number[]) {
  const pace = new TypePace();
  for (const runMs of runs) pace.record(URL_OF_ONE, runMs);
  return { isShort: pace.isShort(URL_OF_ONE), batch: pace.batchOf(URL_OF_ONE) };
}

const times = (count: number, runMs: number) => Array.from({ length: count }, () => runMs);

Deno.test("TypePace sends what it does not know alone", () => {
  deepStrictEqual(paceAfter([]), { isShort: false, batch: 1 });
  deepStrictEqual(paceAfter(times(7, 0.001)), { isShort: false, batch: 1 });
});

Deno.test("TypePace makes large batches of tasks that are short", () => {
  const { isShort, batch } = paceAfter(times(8, 0.001));
  ok(isShort);
  strictEqual(batch, 512);
});

Deno.test("TypePace makes smaller batches the longer tasks take", () => {
  const batches = [0.01, 0.1, 0.5, 1].map((runMs) => paceAfter(times(20, runMs)).batch);
  deepStrictEqual(batches, batches.toSorted((one, other) => other - one));
  ok(batches.every((batch) => batch > 1));
});

Deno.test("TypePace sends tasks that take long alone", () => {
  deepStrictEqual(paceAfter(times(50, 20)), { isShort: false, batch: 1 });
});

Deno.test("TypePace feels one run that was far longer than usual at once", () => {
  deepStrictEqual(paceAfter([...times(1_000, 0.01), 5_000]), { isShort: false, batch: 1 });
});

Deno.test("TypePace.forget() leaves a type unknown, and the others as they were", () => {
  const pace = new TypePace();
  for (const runMs of times(20, 0.01)) {
    pace.record(URL_OF_ONE, runMs);
    pace.record("file:///other.task.ts", runMs);
  }
  pace.forget(URL_OF_ONE);
  strictEqual(pace.batchOf(URL_OF_ONE), 1);
  ok(pace.isShort("file:///other.task.ts"));
});
