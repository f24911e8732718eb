import { deepStrictEqual } from "node:assert/strict";
import type { Journal } from "../../../../../core/engine/local/journal/journal.ts";
import {
  type CancellationOptions,
  cancelPending,
} from "../../../../../core/engine/local/pending_cancellation.ts";
import { Queue } from "../../../../../core/engine/local/queue.ts";
import type { Window } from "../../../../../core/engine/local/window.ts";
import { PoolSettings } from "../../../../../core/model/pool.ts";
import { ScriptedRunner } from "../../../../helpers/scripted_runner.ts";
import { POOL_ID } from "../../../../helpers/tasks_of_pool.ts";

Deno.test("cancelPending() lets nothing be loaded until the last of several calls has ended", async () => {
  const settings = PoolSettings.parse({ name: "a pool" });
  const queue = new Queue(POOL_ID, 1, new ScriptedRunner(), settings);
  const refills: boolean[] = [];
  const begin = (flush: () => Promise<void>) =>
    cancelPending(queue, {
      // What is asked of it where nothing waits.
      journal: { flush } as Journal,
      window: { refill: () => void refills.push(queue.isBeingEmptied) } as unknown as Window,
      newestSeq: 0,
      cause: "test",
    } as CancellationOptions);
  const { promise: written, resolve: write } = Promise.withResolvers<void>();
  const last = begin(() => written);
  await begin(() => Promise.resolve());
  write();
  await last;
  deepStrictEqual([refills, queue.isBeingEmptied], [[true, false], false]);
});
