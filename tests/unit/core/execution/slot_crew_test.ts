import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { POOL_SHAPE } from "../../../../core/execution/pool_shape.ts";
import { ThreadBudget } from "../../../../core/execution/thread_budget.ts";
import { SlotWorld } from "../../../helpers/slot_world.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";

Deno.test("SlotCrew opens no slot beyond the stats block's, those that leave included", async () => {
  await using world = new SlotWorld({}, new ThreadBudget(2 * POOL_SHAPE.slots, 0));
  const { crew, threads } = world;
  for (let at = 0; at < POOL_SHAPE.slots; at++) world.open(new WatchedAttempt());
  for (const slot of [...crew.open]) crew.recycle(slot);
  crew.want(1);
  deepStrictEqual([crew.open, crew.problem], [
    [],
    "Cannot start thread: all 256 threads that a pool may have at a time are in use",
  ]);
  threads[7]?.die();
  crew.want(1);
  deepStrictEqual([crew.open.map(({ index }) => index), crew.problem], [[7], null]);
  strictEqual(crew.leaving.size, POOL_SHAPE.slots - 1);
});
