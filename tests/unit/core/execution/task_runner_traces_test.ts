/** Attempts whose spans are wanted: when the thread is made ready for them, and in whose context they run. */
import { AsyncLocalStorage } from "node:async_hooks";
import { deepStrictEqual, match } from "node:assert/strict";
import type { TaskSpans } from "../../../../core/execution/task_spans.ts";
import { RunnerWorld } from "../../../helpers/runner_world.ts";

const TRACEPARENT = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
const RECORDED = { traceparent: TRACEPARENT, isRecorded: true };
const UNWANTED = { traceparent: TRACEPARENT, isRecorded: false };

/** Spans that are asked for, and what each task saw: its trace, and the one that it ran in. */
function tracedWorld(open?: () => Promise<TaskSpans>) {
  const running = new AsyncLocalStorage<string | undefined>();
  const spans: TaskSpans = {
    run: (link, _keeper, code) =>
      running.run(link?.isRecorded ? link.traceparent : undefined, code),
  };
  const opened = { times: 0 };
  const seen: unknown[] = [];
  const world = new RunnerWorld(async (_input, ctx) => {
    await Promise.resolve();
    seen.push([ctx.traceparent, running.getStore()]);
  }, {
    openSpans: () => {
      opened.times++;
      return open?.() ?? Promise.resolve(spans);
    },
  });
  return { world, opened, seen };
}

Deno.test("TaskRunner opens spans once, for the first attempt whose spans are wanted", async () => {
  const { world, opened, seen } = tracedWorld();
  world.send([1, 2], [null, UNWANTED]);
  await world.told(2);
  deepStrictEqual(opened.times, 0);
  world.send([3, 4], [RECORDED, RECORDED]);
  await world.told(4);
  deepStrictEqual(opened.times, 1);
  deepStrictEqual(seen, [
    [null, undefined],
    [TRACEPARENT, undefined],
    [TRACEPARENT, TRACEPARENT],
    [TRACEPARENT, TRACEPARENT],
  ]);
});

Deno.test("TaskRunner runs no attempt in the trace of the one before it", async () => {
  const { world, seen } = tracedWorld();
  world.send([1, 2, 3], [RECORDED, null, UNWANTED]);
  await world.told(3);
  deepStrictEqual(seen, [
    [TRACEPARENT, TRACEPARENT],
    [null, undefined],
    [TRACEPARENT, undefined],
  ]);
});

// A timer that sends notes may be left when the task has ended, and ends by itself.
Deno.test("TaskRunner runs a task all the same when spans cannot be opened, and says so", {
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const { world, seen } = tracedWorld(() => Promise.reject(new Error("no such package")));
  world.send([1], [RECORDED]);
  const outcomes = await world.told(1);
  deepStrictEqual(outcomes.map(({ code }) => code), ["done"]);
  deepStrictEqual(seen, [[TRACEPARENT, undefined]]);
  const [line] = world.of("notes").flatMap(({ notes }) => notes).flatMap(({ lines }) => lines);
  match(line?.text ?? "", /^The task's spans are not kept: no such package$/);
});
