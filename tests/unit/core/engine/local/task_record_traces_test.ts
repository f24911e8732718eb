/** What is traced of a task, from its submit to its end. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { TaskRecord } from "../../../../../core/engine/local/task_record.ts";
import { SHUTDOWN_CAUSE } from "../../../../../core/execution/attempt.ts";
import { ATTEMPTS_A_SECOND_MAX, Traces } from "../../../../../core/observation/traces/traces.ts";
import { deafListener } from "../../../../helpers/deaf_listener.ts";
import { fakeClock } from "../../../../helpers/fake_clock.ts";
import { ScriptedRunner } from "../../../../helpers/scripted_runner.ts";
import { keepSpans, timesOf } from "../../../../helpers/span_keeper.ts";
import { newTask } from "../../../../helpers/tasks_of_pool.ts";

const SUBMITTED_MS = 1_700_000_000_000;
const SAMPLED = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

function tracedWorld({ traceparent, isTracing = true }: {
  readonly traceparent: string | null;
  readonly isTracing?: boolean;
}) {
  const { tracer, ended } = keepSpans();
  const clock = fakeClock(SUBMITTED_MS);
  const traces = isTracing ? new Traces(tracer, clock) : undefined;
  const record = new TaskRecord(
    newTask({ traceparent }),
    { seq: 5, submittedAtMs: SUBMITTED_MS, attempt: 1, deaths: 0 },
    new ScriptedRunner(),
    deafListener({ clock, traces }),
  );
  /** Of each span: its name, when it began and ended since the submit, its attempt and outcome. */
  const told = () =>
    ended.map((span) => {
      const { "lido.attempt": attempt, "lido.outcome": outcome } = span.attributes;
      return [span.name, ...timesOf(span).map((ms) => ms - SUBMITTED_MS), attempt, outcome];
    });
  return { record, clock, traces, told };
}

const DONE = { kind: "done", startedAtMs: SUBMITTED_MS, runMs: 1, value: undefined } as const;
const CANCELLED = { kind: "cancelled", startedAtMs: null, runMs: null, cause: "no" } as const;

Deno.test("TaskRecord.beginTrace() gives nothing for a task of no trace", () => {
  const { record, told } = tracedWorld({ traceparent: null });
  strictEqual(record.beginTrace(), null);
  record.settled(DONE, 0);
  record.endTrace();
  deepStrictEqual(told(), []);
});

Deno.test("TaskRecord.beginTrace() passes the submit's span on where nothing is recorded", () => {
  const unsampled = SAMPLED.replace(/1$/, "0");
  for (
    const one of [
      { traceparent: SAMPLED, isTracing: false },
      { traceparent: unsampled },
      { traceparent: unsampled, isTracing: false },
    ]
  ) {
    const { record, told } = tracedWorld(one);
    deepStrictEqual(record.beginTrace(), { traceparent: one.traceparent, isRecorded: false });
    record.settled(DONE, 0);
    record.endTrace();
    deepStrictEqual(told(), []);
  }
});

Deno.test("TaskRecord.endTrace() tells the wait and the attempt", () => {
  const { record, clock, told } = tracedWorld({ traceparent: SAMPLED });
  clock.advance(20);
  strictEqual(record.beginTrace()?.isRecorded, true);
  clock.advance(7);
  record.settled(DONE, 0);
  clock.advance(100); // its end is written
  record.endTrace();
  deepStrictEqual(told(), [
    ["wait", 0, 20, 1, undefined],
    ["attempt noop", 20, 27, 1, "done"],
  ]);
});

Deno.test("TaskRecord tells an attempt that was cut off, and the wait for the next since then", () => {
  const { record, clock, told } = tracedWorld({ traceparent: SAMPLED });
  record.beginTrace();
  record.started(0);
  clock.advance(10);
  record.requeued();
  clock.advance(5);
  record.beginTrace();
  record.started(0);
  clock.advance(3);
  record.settled({ ...CANCELLED, startedAtMs: SUBMITTED_MS, cause: SHUTDOWN_CAUSE }, 0);
  clock.advance(4);
  record.beginTrace();
  clock.advance(1);
  record.settled(DONE, 0);
  record.endTrace();
  deepStrictEqual(told(), [
    ["wait", 0, 0, 1, undefined],
    ["attempt noop", 0, 10, 1, "interrupted"],
    ["wait", 10, 15, 1, undefined],
    ["attempt noop", 15, 18, 1, "interrupted"],
    ["wait", 18, 22, 2, undefined],
    ["attempt noop", 22, 23, 2, "done"],
  ]);
});

Deno.test("TaskRecord tells only the wait of a task that no thread began", () => {
  for (const isSent of [false, true]) {
    const { record, clock, told } = tracedWorld({ traceparent: SAMPLED });
    if (isSent) record.beginTrace();
    clock.advance(9);
    if (isSent) record.requeued();
    record.settled(CANCELLED, null);
    record.endTrace();
    deepStrictEqual(told(), [["wait", 0, 9, 1, undefined]]);
  }
});

Deno.test("TaskRecord tells nothing of an attempt that is one too many in its second", () => {
  const { record, clock, traces, told } = tracedWorld({ traceparent: SAMPLED });
  const other = {
    traceparent: SAMPLED,
    taskId: "other",
    poolId: "other",
    type: "noop",
    attempt: 1,
    waitsSinceMs: SUBMITTED_MS,
  };
  for (let at = 0; at < ATTEMPTS_A_SECOND_MAX; at++) traces?.begin(other);
  strictEqual(record.beginTrace()?.isRecorded, false);
  record.started(0);
  clock.advance(9);
  record.settled(DONE, 0);
  record.endTrace();
  deepStrictEqual(told(), []);
});
