/** Many things at once, and a death before all of them are answered. */
import { deepStrictEqual } from "node:assert/strict";
import type { TaskId } from "../../core/model/task.ts";
import { within } from "../helpers/within.ts";
import type { EngineWalk } from "./engine_walk.ts";
import { newTask } from "./walk_submits.ts";
import { endOne, turn } from "./walk_verbs.ts";

/** The most that one burst can do: so much room is left for what comes back meanwhile. */
const BURST_MAX = 10;

/** Fires a few submits, cancels and ends; then waits for all of them, or dies. */
export async function burst(walk: EngineWalk): Promise<void> {
  const { life, model } = walk;
  const calls: Promise<void>[] = [];
  const call = (...called: readonly Promise<void>[]) => {
    for (const one of called) one.catch(() => {}); // after a death nobody is there to be answered
    calls.push(...called);
  };
  for (let left = 2 + walk.below(BURST_MAX - 2); left > 0; left--) {
    const draw = walk.random();
    if (draw < 0.5) call(...submitOne(walk, life));
    else if (draw < 0.7) call(...cancelOne(walk, life));
    else await endOne(walk);
    if (walk.random() < 0.3) await turn();
  }
  for (let turns = walk.below(4); turns > 0; turns--) await turn();
  if (walk.random() < 0.7) return await walk.crash();
  await within("all are answered", Promise.all(calls));
  await walk.engine.flush();
  model.allKept();
}

/** A submit for which there is room: an answer means that it is on disk. */
function submitOne(walk: EngineWalk, life: number): readonly Promise<void>[] {
  const { model, engine } = walk;
  const count = 1 + walk.below(4);
  const pool = walk.pick(
    [...model.pools.values()].filter(({ id, isSealed }) =>
      !isSealed && model.roomIn(id) >= count + BURST_MAX * count
    ),
  );
  if (pool === undefined) return [];
  const tasks = Array.from({ length: count }, () => newTask(walk, pool));
  const added = model.submit(tasks, walk.clock.nowMs());
  const isSynced = pool.settings.durability === "fsync";
  return [
    engine.enqueue(tasks).then((enqueued) => {
      if (walk.life !== life) return;
      deepStrictEqual(enqueued, tasks.map(({ id }) => ({ id, isNew: true })));
      if (isSynced) { for (const one of added) one.kept = Math.max(one.kept, 1); }
    }),
  ];
}

/** A cancel of a task that waits, in memory or on disk. */
function cancelOne(walk: EngineWalk, life: number): readonly Promise<void>[] {
  const { model, engine } = walk;
  const one = walk.pick(
    model.tasks.filter((task) =>
      task.kept === task.events.length && task.handed !== "yes" && isWaiting(walk, task.task.id)
    ),
  );
  if (one === undefined) return [];
  model.happened(one, "cancel");
  const length = one.events.length;
  return [
    engine.cancel(one.task.id, "In a burst").then(() => {
      if (walk.life === life) one.kept = length;
    }),
  ];
}

function isWaiting({ model }: EngineWalk, id: TaskId): boolean {
  return model.inState("pending").some(({ task }) => task.id === id);
}
