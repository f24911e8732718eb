import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { type BulkAction, BulkOperations, type BulkTarget } from "../../../core/bulk.ts";
import { type ErrorCode, LidoError } from "../../../core/model/errors.ts";
import { type TaskFilter, TaskId, type TaskSnapshot } from "../../../core/model/task.ts";
import { fakeClock } from "../../helpers/fake_clock.ts";
import { TASK } from "../../helpers/fake_manager.ts";
import { until } from "../../helpers/until.ts";

const NOW_MS = 1_700_000_000_000.75;

/** The task that is `index` places from the newest one. */
function taskAt(index: number): TaskSnapshot {
  const digits = String(index).padStart(12, "0");
  return { ...TASK, id: TaskId.parse(`01990000-0000-7000-8000-${digits}`) };
}

const idAt = (index: number) => taskAt(index).id;

/** Operations on a list of so many tasks, in pages as they are asked for; and what was called. */
function bulkOver(count: number, overrides: Partial<BulkTarget> = {}) {
  const tasks = Array.from({ length: count }, (_, index) => taskAt(index));
  const calls: unknown[] = [];
  const act = (verb: BulkAction) => (id: TaskId) => {
    calls.push([verb, id]);
    return Promise.resolve(taskAt(count)); // "run again" gives another task
  };
  const bulk = new BulkOperations({
    listTasks(filter: TaskFilter, page) {
      calls.push(["list", filter, page]);
      const from = "cursor" in page ? Number(page.cursor) : 0;
      const to = from + page.perPage;
      return Promise.resolve({
        tasks: tasks.slice(from, to),
        totalItems: count,
        isTotalExact: true,
        nextCursor: to < count ? String(to) : null,
        prevCursor: null,
      });
    },
    cancelTask: act("cancel"),
    stopTask: act("stop"),
    submitAgain: act("run_again"),
    changeTask: act("change"),
    checkChange: () => {},
    ...overrides,
  }, fakeClock(NOW_MS));
  return { bulk, calls };
}

/** Begins an operation and waits for its end. */
async function run(
  bulk: BulkOperations,
  verb: BulkAction,
  selection: Parameters<BulkOperations["start"]>[1],
) {
  const order = verb === "change" ? { action: verb, change: { priority: 7 } } : { action: verb };
  const { id } = await bulk.start(order, selection);
  await until("the operation is over", () => bulk.get(id)?.state !== "running");
  const snapshot = bulk.get(id);
  ok(snapshot !== undefined);
  return snapshot;
}

const refuse = (code: ErrorCode, message: string) => () =>
  Promise.reject(new LidoError(code, message));

Deno.test("BulkOperations.start() goes through all pages of a filter, newest first", async () => {
  const { bulk, calls } = bulkOver(250);
  const { id: _, results, ...rest } = await run(bulk, "stop", { filter: { type: "sleep" } });
  deepStrictEqual(rest, {
    action: "stop",
    state: "finished",
    startedAtMs: NOW_MS,
    done: 250,
    total: 250,
    succeeded: 250,
    skipped: 0,
    failed: 0,
  });
  deepStrictEqual(results.map(({ id }) => id), Array.from({ length: 250 }, (_, at) => idAt(at)));
  const older = { type: "sleep", submittedAtMs: { max: Math.floor(NOW_MS) } };
  deepStrictEqual(calls.filter((call) => Array.isArray(call) && call[0] === "list"), [
    ["list", { type: "sleep" }, { page: 1, perPage: 1 }],
    ["list", older, { page: 1, perPage: 100 }],
    ["list", older, { cursor: "100", perPage: 100 }],
    ["list", older, { cursor: "200", perPage: 100 }],
  ]);
});

Deno.test("BulkOperations.start() keeps an earlier end that the filter has", async () => {
  const { bulk, calls } = bulkOver(1);
  await run(bulk, "cancel", { filter: { submittedAtMs: { min: 3, max: 5 } } });
  deepStrictEqual(calls[1], [
    "list",
    { submittedAtMs: { min: 3, max: 5 } },
    { page: 1, perPage: 100 },
  ]);
});

const VERBS = [["cancel", "completed"], ["stop", "completed"], ["run_again", idAt(9)], [
  "change",
  "completed",
]] as const;
for (const [action, text] of VERBS) {
  Deno.test(`BulkOperations.start() does ${action} to each chosen task once`, async () => {
    const { bulk, calls } = bulkOver(9);
    const ids = [idAt(2), idAt(5), idAt(2)];
    const { results, total } = await run(bulk, action, { ids });
    deepStrictEqual(calls, [[action, idAt(2)], [action, idAt(5)]]);
    deepStrictEqual([total, results], [2, [
      { id: idAt(2), isOk: true, text },
      { id: idAt(5), isOk: true, text },
    ]]);
  });
}

const REFUSALS = [
  ["task_not_cancellable", "skipped"],
  ["task_not_stoppable", "skipped"],
  ["task_not_found", "skipped"],
  ["queue_full", "failed"],
  ["pool_closed", "failed"],
] as const;
for (const [code, counted] of REFUSALS) {
  Deno.test(`BulkOperations.start() counts ${code} as ${counted}, says why and goes on`, async () => {
    const { bulk } = bulkOver(3, {
      cancelTask: (id) =>
        id === idAt(1) ? refuse(code, "Cannot: it is so")() : Promise.resolve(TASK),
    });
    const { results, succeeded, skipped, failed, done } = await run(bulk, "cancel", { filter: {} });
    deepStrictEqual({ succeeded, skipped, failed, done }, {
      succeeded: 2,
      skipped: 0,
      failed: 0,
      done: 3,
      [counted]: 1,
    });
    // What went wrong stands before what did not.
    deepStrictEqual(results, [
      { id: idAt(1), isOk: false, text: "Cannot: it is so" },
      { id: idAt(0), isOk: true, text: "completed" },
      { id: idAt(2), isOk: true, text: "completed" },
    ]);
  });
}

Deno.test("BulkOperations keeps 1,000 results of an operation, and counts all", async () => {
  const { bulk } = bulkOver(1_201, {
    cancelTask: (id) => id === idAt(1_200) ? refuse("queue_full", "full")() : Promise.resolve(TASK),
  });
  const { results, done, failed } = await run(bulk, "cancel", { filter: {} });
  deepStrictEqual([results.length, done, failed], [1_000, 1_201, 1]);
  strictEqual(results[0]?.text, "full"); // the last one, and yet it is told
});

for (const selection of ["filter", "ids"] as const) {
  Deno.test(`BulkOperations.start() does 100 tasks of ${selection} together, and tells of each in order`, async () => {
    const gates: PromiseWithResolvers<TaskSnapshot>[] = [];
    const { bulk } = bulkOver(150, {
      cancelTask: () => {
        const gate = Promise.withResolvers<TaskSnapshot>();
        gates.push(gate);
        return gate.promise;
      },
    });
    const ids = Array.from({ length: 150 }, (_, at) => idAt(at));
    const chosen = selection === "ids" ? { ids } : { filter: {} };
    const { id } = await bulk.start({ action: "cancel" }, chosen);
    const letGo = async (count: number, done: number) => {
      await until("they are asked for", () => gates.length === count);
      strictEqual(bulk.get(id)?.done, done - count);
      for (const gate of gates.splice(0).toReversed()) gate.resolve(TASK);
      await until("they are noted", () => bulk.get(id)?.done === done);
    };
    await letGo(100, 100);
    await letGo(50, 150);
    await until("it is over", () => bulk.get(id)?.state === "finished");
    deepStrictEqual(bulk.get(id)?.results.map((result) => result.id), ids);
  });
}

Deno.test("BulkOperations.end() goes no further; what was done stays told", async () => {
  const gate = Promise.withResolvers<TaskSnapshot>();
  const { bulk, calls } = bulkOver(250, {
    cancelTask: (id) => {
      calls.push(["cancel", id]);
      return id === idAt(101) ? gate.promise : Promise.resolve(TASK);
    },
  });
  const { id } = await bulk.start({ action: "cancel" }, { filter: {} });
  await until("it is at the task that takes long", () => bulk.get(id)?.done === 101);
  bulk.end(id);
  gate.resolve(TASK);
  await until("those with it are noted", () => bulk.get(id)?.done === 200);
  const { state, done, total, succeeded } = bulk.get(id) ?? {};
  deepStrictEqual({ state, done, total, succeeded }, {
    state: "cancelled",
    done: 200,
    total: 250,
    succeeded: 200,
  });
  deepStrictEqual(calls.filter((call) => Array.isArray(call) && call[0] === "cancel").length, 200);
});

Deno.test("BulkOperations.end() changes nothing of one that is over or is not there", async () => {
  const { bulk } = bulkOver(1);
  const { id } = await bulk.start({ action: "cancel" }, { filter: {} });
  await until("it is over", () => bulk.get(id)?.state === "finished");
  bulk.end(id);
  bulk.end("none");
  strictEqual(bulk.get(id)?.state, "finished");
  strictEqual(bulk.get("none"), undefined);
});

Deno.test("BulkOperations ends an operation whose list cannot be read, with what was done", async () => {
  const whole = bulkOver(150);
  const { bulk } = bulkOver(150, {
    cancelTask: () => Promise.resolve(TASK),
    listTasks: (filter, page) =>
      "cursor" in page
        ? Promise.reject(new Error("The journal is gone"))
        : whole.bulk.count({ filter }).then(() => ({
          tasks: Array.from({ length: page.perPage }, (_, at) => taskAt(at)),
          totalItems: 150,
          isTotalExact: true,
          nextCursor: "100",
          prevCursor: null,
        })),
  });
  const { state, done, total } = await run(bulk, "cancel", { filter: {} });
  deepStrictEqual({ state, done, total }, { state: "cancelled", done: 100, total: 150 });
});

Deno.test("BulkOperations.count() counts chosen tasks once, and tells of a filter's bound", async () => {
  const { bulk } = bulkOver(0, {
    listTasks: () =>
      Promise.resolve({
        tasks: [],
        totalItems: 10_000,
        isTotalExact: false,
        nextCursor: null,
        prevCursor: null,
      }),
  });
  deepStrictEqual(await bulk.count({ ids: [idAt(1), idAt(1)] }), { count: 1, isExact: true });
  deepStrictEqual(await bulk.count({ filter: {} }), { count: 10_000, isExact: false });
});

Deno.test("BulkOperations.start() refuses at once what no task could be changed to", async () => {
  const { bulk, calls } = bulkOver(3, {
    checkChange: () => {
      throw new LidoError("pool_closed", "Cannot move task to pool: it is closed");
    },
  });
  const change = { action: "change", change: { priority: 7 } } as const;
  await rejects(bulk.start(change, { filter: {} }), { code: "pool_closed" });
  throws(() => bulk.check(change), { code: "pool_closed" });
  bulk.check({ action: "cancel" });
  deepStrictEqual(calls, []);
});

Deno.test("BulkOperations keeps the last 20 operations, and every one that still runs", async () => {
  const gate = Promise.withResolvers<TaskSnapshot>();
  const { bulk } = bulkOver(1, {
    cancelTask: () => gate.promise,
    stopTask: () => Promise.resolve(TASK),
  });
  const held = await bulk.start({ action: "cancel" }, { ids: [idAt(0)] });
  const over: string[] = [];
  for (let count = 0; count < 21; count++) {
    const { id } = await bulk.start({ action: "stop" }, { ids: [idAt(0)] });
    await until("it is over", () => bulk.get(id)?.state === "finished");
    over.push(id);
  }
  strictEqual(bulk.get(held.id)?.state, "running");
  deepStrictEqual(over.map((id) => bulk.get(id) !== undefined), [
    false,
    false,
    ...Array.from({ length: 19 }, () => true),
  ]);
  gate.resolve(TASK);
  await until("the held one is over", () => bulk.get(held.id)?.state === "finished");
});

Deno.test("BulkOperations gives each operation an id of its own, and a copy that stays as it is", async () => {
  const { bulk } = bulkOver(1);
  const one = await bulk.start({ action: "cancel" }, { ids: [idAt(0)] });
  const other = await bulk.start({ action: "cancel" }, { ids: [idAt(0)] });
  ok(one.id !== other.id);
  await until("both are over", () => bulk.get(other.id)?.state === "finished");
  deepStrictEqual([one.state, one.done], ["running", 0]);
});

Deno.test("BulkOperations.get() and end() take an id in upper case", async () => {
  const held = Promise.withResolvers<TaskSnapshot>();
  const { bulk } = bulkOver(1, { cancelTask: () => held.promise });
  const { id } = await bulk.start({ action: "cancel" }, { ids: [idAt(0)] });
  strictEqual(bulk.get(id.toUpperCase())?.id, id);
  bulk.end(id.toUpperCase());
  strictEqual(bulk.get(id)?.state, "cancelled");
  held.resolve(TASK);
});
