import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Tallies } from "../../../../../core/engine/local/tallies.ts";
import { PoolId } from "../../../../../core/model/pool.ts";
import { TASK_STATES } from "../../../../../core/model/task_state.ts";
import { POOL_ID } from "../../../../helpers/tasks_of_pool.ts";
import { NO_COUNTS } from "../../../../helpers/no_counts.ts";

const OTHER_ID = PoolId.parse("01990000-0000-7000-8000-000000000002");

Deno.test("Tallies count each pool, and all together", () => {
  const tallies = new Tallies();
  tallies.add(POOL_ID, "pending", 3);
  tallies.add(OTHER_ID, "pending", 2);
  tallies.add(OTHER_ID, "rejected", 4);
  deepStrictEqual(tallies.counts(POOL_ID), { ...NO_COUNTS, pending: 3 });
  deepStrictEqual(tallies.counts(OTHER_ID), { ...NO_COUNTS, pending: 2, rejected: 4 });
  deepStrictEqual(tallies.counts(), { ...NO_COUNTS, pending: 5, rejected: 4 });
  strictEqual(tallies.count(OTHER_ID, "rejected"), 4);
});

Deno.test("Tallies give each count under its own name", () => {
  const tallies = new Tallies();
  const names = [...TASK_STATES, "timedOut", "queueTimedOut", "rejected"] as const;
  for (const [index, name] of names.entries()) tallies.add(POOL_ID, name, index + 1);
  const expected = Object.fromEntries(names.map((name, index) => [name, index + 1]));
  deepStrictEqual({ ...tallies.counts(POOL_ID) }, expected);
});

Deno.test("Tallies.moved() takes a task from one state to another, and nothing from one to itself", () => {
  const tallies = new Tallies();
  tallies.add(POOL_ID, "pending", 2);
  tallies.moved(POOL_ID, "pending", "running");
  deepStrictEqual(tallies.counts(), { ...NO_COUNTS, pending: 1, running: 1 });
  tallies.moved(POOL_ID, "running", "running");
  deepStrictEqual(tallies.counts(), { ...NO_COUNTS, pending: 1, running: 1 });
});

Deno.test("Tallies.live() counts what has not ended, submitted() all that ever came", () => {
  const tallies = new Tallies();
  for (const state of TASK_STATES) tallies.add(POOL_ID, state, 10);
  tallies.add(POOL_ID, "timedOut", 1);
  tallies.add(POOL_ID, "rejected", 1);
  tallies.add(OTHER_ID, "pending", 1);
  deepStrictEqual([tallies.live(POOL_ID), tallies.submitted(POOL_ID)], [40, 70]);
});

Deno.test("Tallies know a pool that nothing was told of", () => {
  const tallies = new Tallies();
  deepStrictEqual(tallies.counts(POOL_ID), NO_COUNTS);
  deepStrictEqual(tallies.counts(), NO_COUNTS);
  deepStrictEqual([tallies.live(POOL_ID), tallies.submitted(POOL_ID)], [0, 0]);
});
