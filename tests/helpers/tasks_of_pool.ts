/** Tasks of one pool, as they are submitted and as the journal has them. */
import { v7 as uuidv7 } from "uuid";
import type { NewTask } from "../../core/engine/engine.ts";
import type { StoredTask } from "../../core/engine/local/journal/stored_task.ts";
import { PoolId } from "../../core/model/pool.ts";
import { TaskId } from "../../core/model/task.ts";

/** The pool that they are of, unless told otherwise. */
export const POOL_ID = PoolId.parse("01990000-0000-7000-8000-000000000001");

const CODE = { url: "file:///noop.task.ts", codeVersion: "v1" };

/** A task that is about to be submitted. */
export function newTask(changes: Partial<NewTask> = {}): NewTask {
  return {
    id: TaskId.parse(uuidv7()),
    poolId: POOL_ID,
    name: "a task",
    type: { name: "noop", ...CODE },
    inputJson: null,
    priority: 0,
    runTimeoutMs: null,
    tags: [],
    idempotencyKey: null,
    traceparent: null,
    ...changes,
  };
}

/** A task on record, which waits unless told otherwise. */
export function storedTask(seq: number, changes: Partial<StoredTask> = {}): StoredTask {
  return {
    seq,
    id: TaskId.parse(uuidv7()),
    poolId: POOL_ID,
    type: "noop",
    state: "pending",
    name: "a task",
    priority: 0,
    submittedAtMs: 1_000,
    attempt: 1,
    deaths: 0,
    startedAtMs: null,
    finishedAtMs: null,
    runMs: null,
    slot: null,
    runTimeoutMs: null,
    codeUrl: CODE.url,
    codeVersion: CODE.codeVersion,
    idempotencyKey: null,
    tags: [],
    inputJson: null,
    resultJson: null,
    ending: null,
    notes: null,
    traceparent: null,
    ...changes,
  };
}
