import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Journal } from "../../../../../core/engine/local/journal/journal.ts";
import type { JournalReader } from "../../../../../core/engine/local/journal/reader.ts";
import { TaskFinder } from "../../../../../core/engine/local/task_finder.ts";

/** A finder whose journal shows what was written, and whose time passes, when the test says so. */
function makeFinder() {
  const applied: (() => void)[] = [];
  const journal = { applied: () => new Promise<void>((resolve) => applied.push(resolve)) };
  const timers = new Map<number, () => void>();
  const globals = { setTimeout, clearTimeout };
  let made = 0;
  Object.assign(globalThis, {
    setTimeout: (tell: () => void, ms: number) => {
      strictEqual(ms, 2_000);
      timers.set(++made, tell);
      return made;
    },
    clearTimeout: (id: number) => timers.delete(id),
  });
  const finder = new TaskFinder({
    journal: journal as unknown as Journal, // what catchUp() asks of it
    reader: {} as JournalReader,
    records: new Map(),
  });
  return {
    finder,
    applied,
    timers,
    pass: () => [...timers.values()].forEach((tell) => tell()),
    [Symbol.dispose]: () => void Object.assign(globalThis, globals),
  };
}

Deno.test("TaskFinder.catchUp() waits until what was written can be read", async () => {
  using world = makeFinder();
  let isDone = false;
  const caughtUp = world.finder.catchUp().then(() => isDone = true);
  await Promise.resolve();
  strictEqual(isDone, false);
  world.applied[0]?.();
  await caughtUp;
  strictEqual(world.timers.size, 0);
});

Deno.test("TaskFinder.catchUp() waits for a disk that stalls once, and again when it goes on", async () => {
  using world = makeFinder();
  const first = world.finder.catchUp();
  world.pass();
  await first;
  await world.finder.catchUp();
  deepStrictEqual([world.applied.length, world.timers.size], [1, 0]);
  world.applied[0]?.();
  await Promise.resolve();
  const next = world.finder.catchUp();
  deepStrictEqual([world.applied.length, world.timers.size], [2, 1]);
  world.applied[1]?.();
  await next;
});
