/** What must hold in a walk whenever it is looked at. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { TaskFilter, TaskId } from "../../core/model/task.ts";
import { isFinal } from "../../core/model/task_state.ts";
import type { EngineWalk } from "./engine_walk.ts";
import { stateOf } from "./model.ts";

/** Counters are the fold of all tasks, and no queue holds more than it may. */
export async function checkCounts({ engine, model }: EngineWalk): Promise<void> {
  await engine.flush(); // an end counts once it is written
  model.allKept();
  deepStrictEqual(engine.counts(), model.counts());
  for (const id of model.pools.keys()) deepStrictEqual(engine.counts(id), model.counts(id));
}

/** A list by a filter, by chance: pages by number, and by cursor there and back. */
export async function checkList(walk: EngineWalk): Promise<void> {
  const { engine, model } = walk;
  await engine.flush();
  model.allKept();
  const filter = filterOf(walk);
  const must = model.list(filter);
  const perPage = walk.pick([3, 7, 50]) ?? 3;
  const page = 1 + walk.below(4);
  const pages = Math.max(1, Math.ceil(must.length / perPage));
  const shown = await engine.list(filter, { page: Math.min(page, pages), perPage });
  const { there, back } = await readByCursor(walk, filter, perPage);
  const left = back.toReversed().flat();
  checkLeft(walk, must, there.flat());
  checkLeft(walk, must, left);
  if (left.length < must.length) return; // retention is at work: its pages move
  deepStrictEqual(back.toReversed(), there, `Back is not there: ${JSON.stringify(filter)}`);
  const from = (Math.min(page, pages) - 1) * perPage;
  deepStrictEqual(shown.tasks.map(({ id }) => id), must.slice(from, from + perPage));
  if (shown.isTotalExact) strictEqual(shown.totalItems, must.length);
  for (const { id, status, attempt } of shown.tasks) {
    const one = model.find(id);
    deepStrictEqual([status.state, attempt], [stateOf(one), one.events.at(-1)?.attempt]);
  }
}

/** All events of all tasks are what the model has; each task has at most one end. */
export async function checkEvents(walk: EngineWalk): Promise<void> {
  await walk.engine.flush();
  walk.model.allKept();
  for (const one of walk.model.tasks) {
    if (one.isPruned) continue;
    const seen = await walk.readEvents(one);
    if (seen === undefined) {
      one.isPruned = walk.model.isPrunable(one);
      ok(one.isPruned, `Task ${one.task.id} is lost`);
      continue;
    }
    deepStrictEqual(seen, one.events);
    const ends = seen.filter(({ event }) => ["complete", "fail", "cancel"].includes(event));
    strictEqual(ends.length, isFinal(stateOf({ events: seen })) ? 1 : 0);
  }
}

/** What is shown must be all, but for ended tasks that retention may take. */
function checkLeft({ model }: EngineWalk, must: readonly TaskId[], left: readonly TaskId[]): void {
  const isLeft = new Set(left);
  for (const id of must) {
    const one = model.find(id);
    if (isLeft.has(id)) continue;
    ok(model.isPrunable(one), `Task ${id} is not listed: ${JSON.stringify(one.events)}`);
    one.isPruned = true;
  }
  deepStrictEqual(left, must.filter((id) => isLeft.has(id)));
}

function filterOf(walk: EngineWalk): TaskFilter {
  const one = walk.pick(walk.model.tasks);
  const chance = () => walk.random() < 0.25;
  return {
    ...chance() && one && { poolId: one.task.poolId },
    ...chance() &&
      { states: walk.pick([["pending"], ["running", "pending"], ["failed"]] as const) },
    ...chance() && { type: "echo" },
    ...chance() && { tags: walk.pick([["red"], ["red", "blue"]]) },
    ...chance() && { priority: walk.pick([{ min: 0 }, { max: 0 }, { min: 5, max: 5 }]) },
    ...chance() && { attempt: { min: 2 } },
    ...chance() && one && { submittedAtMs: { min: one.submittedAtMs } },
  } as TaskFilter; // no key is there without its value
}

/**
 * All pages by cursor, from the first to the last and back. Where no index tells whether there is
 * more, an empty page may stand at either end.
 */
async function readByCursor({ engine }: EngineWalk, filter: TaskFilter, perPage: number) {
  const idsOf = ({ tasks }: { readonly tasks: readonly { readonly id: TaskId }[] }) =>
    tasks.map(({ id }) => id);
  let page = await engine.list(filter, { page: 1, perPage });
  const there = [idsOf(page)];
  while (page.nextCursor !== null) {
    page = await engine.list(filter, { cursor: page.nextCursor, perPage });
    there.push(idsOf(page));
  }
  const back = [idsOf(page)];
  while (page.prevCursor !== null) {
    page = await engine.list(filter, { cursor: page.prevCursor, perPage });
    back.push(idsOf(page));
  }
  const isFull = ({ length }: { readonly length: number }) => length > 0;
  return { there: there.filter(isFull), back: back.filter(isFull) };
}
