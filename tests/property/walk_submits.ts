/** Submits of a walk: one or many, with keys, to queues with and without room. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { v7 as uuidv7 } from "uuid";
import type { Enqueued, NewTask } from "../../core/engine/engine.ts";
import { TaskId } from "../../core/model/task.ts";
import { until } from "../helpers/until.ts";
import { within } from "../helpers/within.ts";
import type { EngineWalk } from "./engine_walk.ts";
import { isSameSubmit, type ModelPool, stateOf } from "./model.ts";
import { atThreads, PRIORITIES, sendNext, start, turn } from "./walk_verbs.ts";

const KEYS = ["a", "b", "c", "d", "e", "f"];

/** What the engine must answer. */
type Answer = "taken" | "waits" | "pool_closed" | "queue_full" | "idempotency_conflict";

/** A task of a pool, by chance. */
export function newTask(walk: EngineWalk, pool: ModelPool, key: string | null = null): NewTask {
  const type = walk.pick(["noop", "echo"]) ?? "noop";
  return {
    id: TaskId.parse(uuidv7()),
    poolId: pool.id,
    name: "a task",
    type: { name: type, url: `file:///${type}.task.ts`, codeVersion: "v1" },
    inputJson: walk.pick([null, "1", '{"to":"x"}']) ?? null,
    priority: walk.pick(PRIORITIES) ?? 0,
    runTimeoutMs: null,
    tags: walk.pick([[], [], ["red"], ["red", "blue"]]) ?? [],
    idempotencyKey: key,
    traceparent: null,
  };
}

/** Submits one task, or one batch over one pool or several. */
export async function submit(walk: EngineWalk): Promise<void> {
  const pools = [...walk.model.pools.values()];
  const [first, second] = [walk.pick(pools), walk.pick(pools)];
  if (first === undefined || second === undefined) return;
  const count = walk.random() < 0.7 ? 1 : 1 + walk.below(24);
  const tasks = Array.from(
    { length: count },
    () => newTask(walk, walk.random() < 0.8 ? first : second, keyOf(walk)),
  );
  await submitAll(walk, tasks);
}

function keyOf(walk: EngineWalk): string | null {
  return walk.random() < 0.15 ? walk.pick(KEYS) ?? null : null;
}

/** Submits again, with its key, what is on record: the same, or something else with that key. */
export async function submitAgain(walk: EngineWalk): Promise<void> {
  const { model } = walk;
  const known = walk.pick(
    model.tasks.filter(({ task, isPruned }) => task.idempotencyKey !== null && !isPruned),
  );
  if (known === undefined || model.isPrunable(known)) return;
  const again = { ...known.task, id: TaskId.parse(uuidv7()) };
  await submitAll(walk, [walk.random() < 0.7 ? again : { ...again, inputJson: '"other"' }]);
}

async function submitAll(walk: EngineWalk, tasks: readonly NewTask[]): Promise<void> {
  const { model, engine } = walk;
  if (tasks.some((task) => isForgettable(walk, task))) return;
  const answer = expected(walk, tasks);
  if (answer === "waits") return await submitAndWait(walk, tasks);
  if (answer !== "taken") {
    await rejects(engine.enqueue(tasks), { code: answer });
    return;
  }
  const submittedAtMs = walk.clock.nowMs();
  const enqueued = await within("the submit is answered", engine.enqueue(tasks));
  taken(walk, tasks, enqueued, submittedAtMs);
  const isSynced = tasks.some(({ poolId }) => model.pool(poolId).settings.durability === "fsync");
  if (isSynced && enqueued.some(({ isNew }) => isNew)) model.allKept();
}

/** Whether retention may be about to take the task that the key stands for. */
function isForgettable({ model }: EngineWalk, { poolId, idempotencyKey }: NewTask): boolean {
  const known = model.byKey(poolId, idempotencyKey);
  return known !== undefined && model.isPrunable(known);
}

/** What the engine must answer; what it does for that, it does in the model. */
function expected({ model }: EngineWalk, tasks: readonly NewTask[]): Answer {
  for (;;) {
    const fresh = freshOf(tasks, (task) => model.byKey(task.poolId, task.idempotencyKey)?.task);
    if (fresh === undefined) return "idempotency_conflict";
    if (fresh.some(({ poolId }) => model.pool(poolId).isSealed)) return "pool_closed";
    const wanted = Map.groupBy(fresh, ({ poolId }) => poolId);
    const full = [...wanted].find(([id, { length }]) => model.roomIn(id) < length);
    if (full === undefined) return "taken";
    const [id, { length }] = full;
    const pool = model.pool(id);
    const { rejection, queueCapacity } = pool.settings;
    if (length <= queueCapacity && rejection === "wait") return "waits";
    const victim = length <= queueCapacity && rejection === "drop_oldest"
      ? model.expendable(id)
      : undefined;
    if (victim === undefined) {
      pool.rejected += length;
      return "queue_full";
    }
    model.happened(victim, "cancel");
  }
}

/** Those that no key finds; undefined if a key came with something else. */
function freshOf(
  tasks: readonly NewTask[],
  find: (task: NewTask) => NewTask | undefined,
): readonly NewTask[] | undefined {
  const fresh: NewTask[] = [];
  for (const task of tasks) {
    const twin = find(task) ?? fresh.find((other) => isTwin(task, other));
    if (twin === undefined) fresh.push(task);
    else if (!isSameSubmit(twin, task)) return undefined;
  }
  return fresh;
}

function isTwin(task: NewTask, other: NewTask): boolean {
  return task.idempotencyKey !== null && other.poolId === task.poolId &&
    other.idempotencyKey === task.idempotencyKey;
}

/** The submit was answered: checks what became of each, and takes over those that are new. */
function taken(
  { model }: EngineWalk,
  tasks: readonly NewTask[],
  enqueued: readonly Enqueued[],
  submittedAtMs: number,
): void {
  const known = tasks.map((task) => model.byKey(task.poolId, task.idempotencyKey)?.task);
  const fresh = tasks.filter((task, at) =>
    known[at] === undefined &&
    tasks.findIndex((other) => other === task || isTwin(task, other)) === at
  );
  const must = tasks.map((task, at) => {
    const first = known[at] ?? fresh.find((other) => isTwin(task, other)) ?? task;
    return { id: first.id, isNew: fresh.includes(task) };
  });
  deepStrictEqual(enqueued, must);
  model.submit(fresh, submittedAtMs);
}

/** A caller that waits for room: it leaves, or room is made. */
async function submitAndWait(walk: EngineWalk, tasks: readonly NewTask[]): Promise<void> {
  const { engine, model } = walk;
  const leaving = new AbortController();
  let isAnswered = false;
  const answer = engine.enqueue(tasks, { signal: leaving.signal }).finally(() => isAnswered = true);
  answer.catch(() => {});
  // In another pool of the batch, tasks are dropped for it first.
  const { cancelled } = model.counts();
  await until("all are dropped", () => engine.counts().cancelled === cancelled);
  for (let at = 0; at < 3; at++) await turn();
  strictEqual(isAnswered, false, "A caller was let in where there is no room");
  if (walk.random() < 0.3) {
    leaving.abort(new Error("The caller left"));
    return await rejects(answer, /The caller left/);
  }
  await makeRoom(walk, tasks);
  // Others that were dropped or refused on the way are answers, too.
  const last = expected(walk, tasks);
  if (last === "taken") {
    const submittedAtMs = walk.clock.nowMs();
    taken(walk, tasks, await within("the caller is let in", answer), submittedAtMs);
  } else await rejects(within("the caller is refused", answer), { code: last });
}

async function makeRoom(walk: EngineWalk, tasks: readonly NewTask[]): Promise<void> {
  const { model } = walk;
  const fresh = freshOf(tasks, (task) => model.byKey(task.poolId, task.idempotencyKey)?.task) ?? [];
  for (const [id, { length }] of Map.groupBy(fresh, ({ poolId }) => poolId)) {
    const pool = model.pool(id);
    const { rejection, queueCapacity } = pool.settings;
    if (rejection !== "wait" || length > queueCapacity) continue;
    for (const one of atThreads(walk)) {
      if (one.task.poolId === id && stateOf(one) === "pending") start(walk, one);
    }
    while (model.roomIn(id) < length) start(walk, await sendNext(walk, pool));
  }
}
