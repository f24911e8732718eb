import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { POOL_SHAPE } from "../../../../core/execution/pool_shape.ts";
import { LIVES_AFTER_MS } from "../../../../core/execution/slot_crew.ts";
import { ThreadBudget } from "../../../../core/execution/thread_budget.ts";
import { SlotWorld } from "../../../helpers/slot_world.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";
import { within } from "../../../helpers/within.ts";

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

/** Timers that fire when the test says so; their waits in the order in which they began. */
class HeldTimers implements Disposable {
  readonly waits: number[] = [];
  readonly #real = globalThis.setTimeout;
  #due: (() => void)[] = [];

  constructor() {
    globalThis.setTimeout = ((run: () => void, ms: number) => {
      this.#due.push(run);
      return this.waits.push(ms);
    }) as unknown as typeof setTimeout; // for what is used of it
  }

  fire(): void {
    for (const run of this.#due.splice(0)) run();
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = this.#real;
  }
}

Deno.test("SlotCrew waits longer and longer for threads that die as soon as they are ready", async () => {
  await using world = new SlotWorld();
  using timers = new HeldTimers();
  const { crew } = world;
  for (let at = 0; at < 8; at++) {
    world.open().thread.die();
    strictEqual(crew.problem, "Cannot start thread: The test ended it");
    crew.want(1);
    deepStrictEqual(crew.open, []);
    timers.fire();
  }
  const waits = timers.waits.filter((ms) => ms !== LIVES_AFTER_MS);
  deepStrictEqual(waits, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  const { slot } = world.open();
  strictEqual(crew.problem, null);
  timers.fire(); // it has lived
  crew.release(slot);
  world.open().thread.die();
  strictEqual(timers.waits.at(-1), 100);
});

Deno.test("SlotCrew replaces at once a thread that had a task, or was told to go", async () => {
  await using world = new SlotWorld();
  const { crew } = world;
  world.open(new WatchedAttempt()).thread.die();
  strictEqual(crew.problem, null);
  const { slot, thread } = world.open();
  crew.recycle(slot);
  thread.die();
  strictEqual(crew.problem, null);
  crew.want(1);
  strictEqual(crew.open.length, 1);
});

Deno.test("SlotCrew.close() ends though a process without a task never does, and counts that as a zombie", async () => {
  const budget = new ThreadBudget(4, 0);
  await using world = new SlotWorld({ isolation: "process" }, budget);
  const { crew } = world;
  const { slot } = world.open();
  let closing;
  {
    using timers = new HeldTimers();
    closing = crew.close();
    timers.fire();
    strictEqual(slot.isZombie, false); // it may only be late
    timers.fire();
  }
  await within("the crew is closed", closing);
  deepStrictEqual([slot.isZombie, budget.take()], [
    true,
    "1 threads could not be stopped, at most 0 are allowed",
  ]);
});
