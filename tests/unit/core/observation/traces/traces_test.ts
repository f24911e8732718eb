import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { openTraces } from "../../../../../core/observation/traces/open_traces.ts";
import { type TracedTask, Traces } from "../../../../../core/observation/traces/traces.ts";
import { fakeClock } from "../../../../helpers/fake_clock.ts";
import { keepSpans, timesOf } from "../../../../helpers/span_keeper.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";
const START_MS = 1_700_000_000_000;
const TASK: TracedTask = {
  taskId: "task-1",
  poolId: "pool-1",
  type: "resize",
  attempt: 2,
  traceparent: `00-${TRACE}-${CALLER}-01`,
  waitsSinceMs: START_MS - 250,
};
const UNSAMPLED = { ...TASK, traceparent: `00-${TRACE}-${CALLER}-00` };
const ATTRIBUTES = {
  "lido.task.id": "task-1",
  "lido.task.type": "resize",
  "lido.pool.id": "pool-1",
  "lido.attempt": 2,
};

function tracedWorld() {
  const { tracer, ended } = keepSpans();
  const clock = fakeClock(START_MS);
  return { traces: new Traces(tracer, clock), clock, ended };
}

Deno.test("Traces.begin() makes a span below the submit's, and a wait before it once it ends", () => {
  const { traces, ended } = tracedWorld();
  const attempt = traces.begin(TASK);
  strictEqual(ended.length, 0);
  attempt?.end({ atMs: START_MS + 40, outcome: "done" });
  deepStrictEqual(
    ended.map((span) => [
      span.name,
      span.spanContext().traceId,
      span.parentSpanContext?.spanId,
      timesOf(span),
      span.attributes,
    ]),
    [
      ["wait", TRACE, CALLER, [START_MS - 250, START_MS], ATTRIBUTES],
      ["attempt resize", TRACE, CALLER, [START_MS, START_MS + 40], {
        ...ATTRIBUTES,
        "lido.outcome": "done",
      }],
    ],
  );
  strictEqual(attempt?.traceparent, `00-${TRACE}-${ended[1]?.spanContext().spanId}-01`);
});

Deno.test("Traces makes no span where the caller does not record", () => {
  const { traces, ended } = tracedWorld();
  strictEqual(traces.begin(UNSAMPLED), undefined);
  traces.tellWait(UNSAMPLED, START_MS);
  deepStrictEqual(ended, []);
});

Deno.test("Traces.tellWait() tells of a wait that the clock set back that it took no time", () => {
  const { traces, ended } = tracedWorld();
  traces.tellWait(TASK, START_MS - 9_000);
  deepStrictEqual(ended.map(timesOf), [[START_MS - 250, START_MS - 250]]);
});

Deno.test("Traces.begin() begins 500 in a second at the most", () => {
  const { traces, clock } = tracedWorld();
  const begin = () => Array.from({ length: 600 }, () => traces.begin(TASK)).filter(Boolean).length;
  clock.advance(1_200);
  strictEqual(begin(), 500);
  clock.advance(700);
  strictEqual(begin(), 0);
  clock.advance(100);
  strictEqual(begin(), 500);
});

Deno.test("openTraces() gives none where the runtime was not told to trace, or does not", async () => {
  strictEqual(await openTraces({ OTEL_SERVICE_NAME: "lido" }), undefined);
  strictEqual(await openTraces({ OTEL_DENO: "true" }), undefined); // this process is not traced
});
