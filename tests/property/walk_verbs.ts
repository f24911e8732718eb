/** What a walk may do next: each verb asks the engine, and the model what the answer must be. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { setImmediate } from "node:timers";
import { type PoolId, PoolSettings } from "../../core/model/pool.ts";
import { isFinal } from "../../core/model/task_state.ts";
import { within } from "../helpers/within.ts";
import type { EngineWalk } from "./engine_walk.ts";
import { type ModelPool, type ModelTask, REJECTIONS, stateOf } from "./model.ts";
import type { Ending } from "./model_runner.ts";

const ENDINGS: readonly Ending[] = [
  "done",
  "done",
  "failed",
  "ran_too_long",
  "waited_too_long",
  "stopped",
];
/** Priorities of tasks. */
export const PRIORITIES = [0, 0, 0, 5, -3];
const POOLS_MAX = 6;
const SENT_MAX = 2;
/** How long the next task may take from the disk to its threads. */
const LOAD_MAX_MS = 30_000;

/** Something that a walk can do. */
export type Verb = (walk: EngineWalk) => Promise<void>;

/** Settings of a pool that matter to its queue, by chance. */
function policy(walk: EngineWalk): Partial<PoolSettings> {
  return {
    queueCapacity: walk.pick([3, 24, 60, 200]) ?? 1,
    rejection: walk.pick(REJECTIONS) ?? "reject",
    durability: walk.pick(["fsync", "fsync", "fsync", "relaxed", "memory"] as const) ?? "fsync",
    keepFinishedTasks: walk.pick([null, null, null, 20]) ?? null,
  };
}

/** Puts a further pool on record. */
export async function openPool(walk: EngineWalk): Promise<void> {
  if (walk.model.pools.size < POOLS_MAX) await walk.openPool(policy(walk));
}

/** Gives a pool other rules. */
export async function changePolicy(walk: EngineWalk): Promise<void> {
  const pool = walk.pick([...walk.model.pools.values()]);
  if (pool === undefined) return;
  const settings = PoolSettings.parse({ ...pool.settings, ...policy(walk) });
  walk.model.changePolicy(pool, settings);
  await walk.engine.savePool(recordOf(pool));
  walk.engine.setPolicy(pool.id, settings);
  walk.model.allKept();
}

/** Closes a pool to new tasks; two at the least stay open. */
export async function seal(walk: EngineWalk): Promise<void> {
  const open = [...walk.model.pools.values()].filter(({ isSealed }) => !isSealed);
  const pool = walk.pick(open);
  if (pool === undefined || open.length <= 2) return;
  pool.isSealed = true;
  walk.engine.seal(pool.id);
  await walk.engine.savePool(recordOf(pool));
  walk.model.allKept();
}

/** Hands the next task of a pool to a thread, which begins it at once or a little later. */
export async function handOver(walk: EngineWalk): Promise<void> {
  const pool = walk.pick([...walk.model.pools.values()]);
  if (pool === undefined) return;
  const waiting = queueOf(walk, pool);
  const sent = walk.model.inState("pending", pool.id).filter(({ handed }) => handed === "yes");
  if (sent.length >= SENT_MAX || waiting.length === 0) {
    for (const one of sent) start(walk, one);
    return;
  }
  const next = await sendNext(walk, pool);
  if (walk.random() < 0.7) start(walk, next);
}

/** Waits until the pool's next task is the one that it must be, and hands it over. */
export async function sendNext(walk: EngineWalk, pool: ModelPool): Promise<ModelTask> {
  const next = queueOf(walk, pool)[0];
  if (next === undefined) throw new TypeError(`Cannot hand over: nothing waits in ${pool.id}`);
  const runner = walk.runner(pool.id);
  const limitMs = performance.now() + LOAD_MAX_MS;
  while (runner.peek()?.taskId !== next.task.id && performance.now() < limitMs) await turn();
  const attempt = runner.peek();
  strictEqual(attempt?.taskId, next.task.id, `${pool.id} hands over another task, or none`);
  strictEqual(attempt?.number, next.events.at(-1)?.attempt, "It is another attempt");
  runner.send(attempt);
  walk.engine.handOver([attempt]);
  walk.model.handedOver([next]);
  return next;
}

/** What waits for a thread in a pool, in its order. */
function queueOf(walk: EngineWalk, pool: ModelPool): readonly ModelTask[] {
  return walk.model.inState("pending", pool.id).filter(({ handed }) => handed !== "yes").toSorted(
    (one, other) =>
      other.task.priority - one.task.priority || Number(other.isSuspect) - Number(one.isSuspect),
  );
}

/** A thread says that it has begun a task. */
export function start(walk: EngineWalk, one: ModelTask): void {
  walk.runner(one.task.poolId).start(one.task.id);
  walk.model.happened(one, "start");
}

/** A task that threads have comes to an end, or comes back. */
export function endOne(walk: EngineWalk): Promise<void> {
  const one = walk.pick(atThreads(walk));
  if (one === undefined) return Promise.resolve();
  const runner = walk.runner(one.task.poolId);
  if (walk.random() < 0.2) {
    runner.comeBack(one.task.id);
    one.handed = "maybe";
    if (stateOf(one) === "running") walk.model.happened(one, "requeue");
    return Promise.resolve();
  }
  const ending = walk.pick(ENDINGS) ?? "done";
  runner.end(one.task.id, ending, walk.clock.nowMs());
  if (stateOf(one) === "pending") walk.model.happened(one, "start");
  const event = ending === "done" ? "complete" : ending === "stopped" ? "cancel" : "fail";
  walk.model.happened(one, event);
  one.ending = ending;
  return Promise.resolve();
}

/** Tasks that were sent to threads, or run. */
export function atThreads({ model }: EngineWalk): readonly ModelTask[] {
  return model.tasks.filter((one) => one.handed === "yes" && !isFinal(stateOf(one)));
}

/** Cancels a task, whatever its state. */
export async function cancel(walk: EngineWalk): Promise<void> {
  const one = walk.pick(known(walk));
  if (one === undefined) return;
  const { id } = one.task;
  const state = stateOf(one);
  if (state === "pending" && one.handed === "yes") return await cancelSent(walk, one);
  if (state === "pending") {
    walk.model.happened(one, "cancel");
    await within("the cancelled task is on record", walk.engine.cancel(id, "Asked by the walk"));
    return walk.model.allKept();
  }
  await rejects(walk.engine.cancel(id, "x"), { code: "task_not_cancellable" });
}

/** One that was sent ahead: its thread may begin it before it comes back. */
async function cancelSent(walk: EngineWalk, one: ModelTask): Promise<void> {
  const { id, poolId } = one.task;
  const cancelling = walk.engine.cancel(id, "Asked by the walk");
  if (walk.random() < 0.5) {
    const refused = rejects(cancelling, { code: "task_not_cancellable" });
    start(walk, one);
    return await within("the cancel was refused", refused);
  }
  walk.model.happened(one, "cancel");
  await turn();
  walk.runner(poolId).comeBack(id);
  await within("the task that came back is cancelled", cancelling);
  walk.model.allKept();
}

/** Stops a task, whatever its state. */
export async function stop(walk: EngineWalk): Promise<void> {
  const one = walk.pick(known(walk));
  if (one === undefined) return;
  const { id, poolId } = one.task;
  const state = stateOf(one);
  if (isFinal(state)) {
    return await rejects(walk.engine.stop(id, 0, "x"), { code: "task_not_stoppable" });
  }
  if (state === "pending" && one.handed === "yes") start(walk, one);
  const isRunning = stateOf(one) === "running";
  if (!isRunning) walk.model.happened(one, "cancel");
  await within("the stop is answered", walk.engine.stop(id, 10, "Asked by the walk"));
  if (isRunning) ok(walk.runner(poolId).stops.has(id), "Its thread was not told to stop");
  else walk.model.allKept();
}

/** Gives a task another priority, or another pool. */
export async function change(walk: EngineWalk): Promise<void> {
  const { model, engine } = walk;
  const one = walk.pick(known(walk));
  if (one === undefined) return;
  const { id, poolId, priority, idempotencyKey } = one.task;
  const pool = walk.random() < 0.5 ? model.pool(poolId) : walk.pick([...model.pools.values()]);
  const wanted = walk.random() < 0.5 ? priority : walk.pick(PRIORITIES) ?? 0;
  if (pool === undefined || isAmongSuspects(walk, one, pool.id, wanted)) return;
  const changing = engine.change(id, { poolId: pool.id, priority: wanted });
  const refused = (code: string) => rejects(within("it is refused", changing), { code });
  const isMove = pool.id !== poolId;
  if (stateOf(one) !== "pending" || one.handed === "yes") return refused("task_not_changeable");
  if (isMove && idempotencyKey !== null) return refused("task_not_changeable");
  if (isMove && pool.isSealed) return refused("pool_closed");
  if (isMove && model.roomIn(pool.id) < 1) return refused("queue_full");
  await within("the change is on record", changing);
  if (wanted === priority && !isMove) return; // nothing was to be written
  if (wanted !== priority) model.happened(one, "change");
  if (isMove) model.happened(one, "change");
  one.task = { ...one.task, poolId: pool.id, priority: wanted };
  model.allKept();
}

/** Whether the order of a lane turns on which of its tasks ran when the server ended. */
function isAmongSuspects(
  { model }: EngineWalk,
  one: ModelTask,
  pool: PoolId,
  priority: number,
): boolean {
  return one.isSuspect ||
    model.inState("pending", pool).some(({ isSuspect, task }) =>
      isSuspect && task.priority === priority
    );
}

/** Cancels all of a pool that waits. */
export async function cancelPending(walk: EngineWalk): Promise<void> {
  const pool = walk.pick([...walk.model.pools.values()]);
  if (pool === undefined) return;
  const pending = walk.model.inState("pending", pool.id);
  if (pending.some(({ handed }) => handed === "yes")) return; // it would wait for their threads
  for (const one of pending) walk.model.happened(one, "cancel");
  const cancelled = await within(
    "all that waits is cancelled",
    walk.engine.cancelPending(pool.id, "All"),
  );
  strictEqual(cancelled, pending.length);
  walk.model.allKept();
}

/** Dies up to four times, each time with something at its threads: mostly with what was there before. */
export async function die(walk: EngineWalk): Promise<void> {
  for (let left = 1 + walk.below(4); left > 0; left--) {
    await handOver(walk);
    await handOver(walk);
    await walk.crash();
  }
}

/** Looks at one task. */
export async function get(walk: EngineWalk): Promise<void> {
  const one = walk.pick(known(walk));
  if (one === undefined) return;
  await flush(walk); // an end shows once it is written
  const { status, attempt, submittedAtMs } = await walk.engine.get(one.task.id);
  deepStrictEqual(
    [status.state, attempt, submittedAtMs],
    [stateOf(one), one.events.at(-1)?.attempt, one.submittedAtMs],
  );
}

/** Waits until all that has happened is on record. */
export async function flush(walk: EngineWalk): Promise<void> {
  await walk.engine.flush();
  walk.model.allKept();
}

/** Time passes, or somebody sets the wall clock by an hour. */
export function passTime({ clock, random }: EngineWalk): Promise<void> {
  clock.advance(Math.floor(random() * 5_000));
  if (random() < 0.1) clock.setWall(random() < 0.5 ? 3_600_000 : -3_600_000);
  return Promise.resolve();
}

/** Tasks that no retention may have taken. */
function known({ model }: EngineWalk): readonly ModelTask[] {
  return model.tasks.filter((one) => !one.isPruned && !model.isPrunable(one));
}

/** Lets other things happen. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function recordOf({ id, isSealed, settings, version }: ModelPool) {
  const state = isSealed ? "draining" as const : "running" as const;
  return { id, state, createdAtMs: 0, settings, settingsVersion: version };
}
