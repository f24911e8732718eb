import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type Attributes, ROOT_CONTEXT } from "@opentelemetry/api";
import type { TaskSpan } from "../../../../../core/execution/protocol.ts";
import { AttemptTrace } from "../../../../../core/observation/traces/attempt_trace.ts";
import { keepSpans, timesOf } from "../../../../helpers/span_keeper.ts";

const BEGAN_MS = 1_700_000_000_000;

function tracedWorld() {
  const { tracer, ended } = keepSpans();
  const told = { waits: 0 };
  const trace = new AttemptTrace({
    tracer,
    span: tracer.startSpan("attempt", { startTime: BEGAN_MS }, ROOT_CONTEXT),
    traceparent: "",
    beganAtMs: BEGAN_MS,
    waitsSinceMs: BEGAN_MS - 10,
    tellWait: () => void told.waits++,
  });
  return { trace, ended, told };
}

function spanOf(id: string, parentId: string, changes: Partial<TaskSpan> = {}): TaskSpan {
  return {
    id,
    parentId,
    name: id,
    kind: 0,
    startMs: BEGAN_MS + 1,
    endMs: BEGAN_MS + 2,
    isError: false,
    message: "",
    attributes: {},
    ...changes,
  };
}

/** Of each exported span: its name, and that of the one above it. */
function edges(ended: ReturnType<typeof tracedWorld>["ended"]): readonly string[] {
  const names = new Map(ended.map((span) => [span.spanContext().spanId, span.name]));
  return ended.map(({ name, parentSpanContext }) =>
    `${names.get(parentSpanContext?.spanId ?? "")} > ${name}`
  ).sort();
}

Deno.test("AttemptTrace.end() exports the tree of task spans, in whatever order they came", () => {
  const { trace, ended } = tracedWorld();
  trace.add([spanOf("leaf", "twig"), spanOf("other", "gone")], 0);
  trace.add([spanOf("twig", "root"), spanOf("root", "")], 0);
  trace.end({ atMs: BEGAN_MS + 5, outcome: "done" });
  deepStrictEqual(edges(ended), [
    "attempt > other",
    "attempt > root",
    "root > twig",
    "twig > leaf",
    "undefined > attempt",
  ]);
});

Deno.test("AttemptTrace.end() makes a tree of spans that are said to be below themselves", () => {
  const { trace, ended } = tracedWorld();
  trace.add([spanOf("a", "b"), spanOf("b", "a"), spanOf("c", "c"), spanOf("c", "a")], 0);
  trace.end({ atMs: BEGAN_MS + 5, outcome: "done" });
  deepStrictEqual(edges(ended), ["attempt > b", "attempt > c", "b > a", "undefined > attempt"]);
});

Deno.test("AttemptTrace.end() believes no time that is outside of the attempt", () => {
  const { trace, ended } = tracedWorld();
  trace.add([
    spanOf("early", "", { startMs: 5, endMs: 6 }),
    spanOf("late", "", { startMs: BEGAN_MS + 3, endMs: Number.MAX_VALUE }),
  ], 0);
  trace.end({ atMs: BEGAN_MS + 5, outcome: "done" });
  deepStrictEqual(ended.map((span) => [span.name, timesOf(span)]), [
    ["early", [BEGAN_MS, BEGAN_MS]],
    ["late", [BEGAN_MS + 3, BEGAN_MS + 5]],
    ["attempt", [BEGAN_MS, BEGAN_MS + 5]],
  ]);
});

Deno.test("AttemptTrace keeps 100 spans, and tells of those that were dropped on either side", () => {
  const { trace, ended } = tracedWorld();
  trace.add(Array.from({ length: 90 }, (_, at) => spanOf(`a${at}`, "")), 0);
  trace.add(Array.from({ length: 30 }, (_, at) => spanOf(`b${at}`, "")), 7);
  trace.add([], 9);
  trace.end({ atMs: BEGAN_MS + 5, outcome: "done" });
  strictEqual(ended.length, 101);
  const all: Attributes = { "lido.outcome": "done", "lido.dropped_spans": 29 };
  deepStrictEqual(ended.at(-1)?.attributes, all);
});

Deno.test("AttemptTrace.end() tells what kind of failure it was, and of an error what task code said", () => {
  const { trace, ended } = tracedWorld();
  trace.add([spanOf("bad", "", { isError: true, message: "no", attributes: { a: 1 } })], 0);
  trace.end({ atMs: BEGAN_MS + 5, outcome: "failed", code: "run_timeout" });
  deepStrictEqual(ended.map(({ name, status, attributes }) => [name, status, attributes]), [
    ["bad", { code: 2, message: "no" }, { a: 1 }],
    ["attempt", { code: 2, message: "run_timeout" }, {
      "lido.outcome": "failed",
      "error.type": "run_timeout",
    }],
  ]);
});

Deno.test("AttemptTrace.end() exports once, and what waits after it waits since then", () => {
  const { trace, ended, told } = tracedWorld();
  strictEqual(trace.waitsSinceMs, BEGAN_MS - 10);
  trace.end({ atMs: BEGAN_MS + 5, outcome: "interrupted" });
  trace.end({ atMs: BEGAN_MS + 9, outcome: "done" });
  deepStrictEqual([ended.length, told.waits, trace.waitsSinceMs], [1, 1, BEGAN_MS + 5]);
});
