import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { TaskRecord } from "../../../../../core/engine/local/task_record.ts";
import { TaskTable } from "../../../../../core/engine/local/task_table.ts";
import { PoolId } from "../../../../../core/model/pool.ts";
import { TaskId } from "../../../../../core/model/task.ts";
import { ScriptedRunner } from "../../../../helpers/scripted_runner.ts";

const [POOL, OTHER] = [1, 2].map((n) => PoolId.parse(`01890000-0000-7000-8000-00000000000${n}`));

/** A table, and a way to add records that keep it up to date. */
function startTable() {
  const table = new TaskTable();
  const runner = new ScriptedRunner();
  let order = 0;
  const listener = { stateChanged: table.moved.bind(table) };
  return {
    table,
    runner,
    add(poolId: PoolId | undefined): TaskRecord {
      if (poolId === undefined) throw new TypeError("Cannot add task: it needs a pool");
      const id = TaskId.parse(`01890000-0000-7000-8000-${String(order).padStart(12, "0")}`);
      const task = {
        id,
        poolId,
        name: "a task",
        type: { name: "noop", url: "file:///noop.task.ts", codeVersion: "v1" },
        inputJson: null,
        priority: 0,
        runTimeoutMs: null,
        tags: [],
        idempotencyKey: null,
      };
      const record = new TaskRecord(task, order++, 5, runner, listener);
      table.add(record);
      runner.submit(record);
      return record;
    },
  };
}

Deno.test("TaskTable counts by pool and in all, and a timeout among the failed", () => {
  const { table, runner, add } = startTable();
  const [one, two] = [add(POOL), add(OTHER)];
  add(POOL);
  runner.start(one.taskId);
  runner.end(one.taskId, "timed_out");
  runner.start(two.taskId);
  table.rejected(PoolId.parse(two.task.poolId), 3);
  const shown = (
    { pending, running, failed, timedOut, rejected }: ReturnType<TaskTable["counts"]>,
  ) => ({
    pending,
    running,
    failed,
    timedOut,
    rejected,
  });
  const nothing = { pending: 0, running: 0, failed: 0, timedOut: 0, rejected: 0 };
  deepStrictEqual(shown(table.counts(POOL)), { ...nothing, pending: 1, failed: 1, timedOut: 1 });
  deepStrictEqual(shown(table.counts(OTHER)), { ...nothing, running: 1, rejected: 3 });
  deepStrictEqual(shown(table.counts()), {
    pending: 1,
    running: 1,
    failed: 1,
    timedOut: 1,
    rejected: 3,
  });
});

Deno.test("TaskTable.forget() takes a record off every list, and leaves the counters", () => {
  const { table, runner, add } = startTable();
  const [gone, stays] = [add(POOL), add(POOL)];
  runner.start(gone.taskId);
  runner.end(gone.taskId, "done");
  table.forget(gone);
  throws(() => table.get(gone.task.id), { code: "task_not_found" });
  for (const filter of [{}, { poolId: gone.task.poolId }]) {
    const { tasks, totalItems } = table.list(filter, { page: 1, perPage: 10 });
    deepStrictEqual([tasks.map(({ id }) => id), totalItems], [[stays.task.id], 1]);
  }
  const done = table.list({ state: "completed" }, { page: 1, perPage: 10 });
  deepStrictEqual([done.tasks, done.totalItems], [[], 0]);
  strictEqual(table.counts().completed, 1);
});

Deno.test("TaskRecord ends once: a second end throws illegal_transition", () => {
  const { runner, add } = startTable();
  const record = add(POOL);
  runner.start(record.taskId);
  runner.end(record.taskId, "failed");
  const before = record.snapshot();
  const again = { kind: "done", startedAtMs: 1, runMs: 1, value: "1" } as const;
  throws(() => record.settled(again, 0), { code: "illegal_transition" });
  throws(() => record.started(0), { code: "illegal_transition" });
  deepStrictEqual(record.snapshot(), before);
});
