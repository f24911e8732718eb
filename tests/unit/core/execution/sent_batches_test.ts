import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { RunMessage } from "../../../../core/execution/protocol.ts";
import { SentBatches } from "../../../../core/execution/sent_batches.ts";
import { StatsBlock } from "../../../../core/execution/stats_block.ts";

const TYPE = { name: "mine", url: "file:///mine.task.ts" };
const OTHER = { name: "other", url: "file:///other.task.ts" };

const LINK = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, isRecorded: true };

function batchOf(changes: Partial<RunMessage>): RunMessage {
  return {
    kind: "run",
    epoch: 0,
    first: 0,
    token: 9,
    newTypes: [],
    types: [0],
    inputs: ["a"],
    taskIds: [],
    attempts: [],
    traces: [],
    ...changes,
  };
}

function world() {
  const stats = StatsBlock.create({ slots: 1, lanes: 1 });
  const batches = new SentBatches(stats, 0);
  const inputs = () => {
    const all: unknown[] = [];
    for (let sent = batches.next(); sent; sent = batches.next()) all.push(sent.input);
    return all;
  };
  return { stats, batches, inputs };
}

Deno.test("SentBatches.next() gives tasks with all that was said of them, in their order", () => {
  const { batches } = world();
  strictEqual(batches.isEmpty, true);
  batches.take(batchOf({ newTypes: [TYPE], inputs: ["a"] }));
  batches.take(batchOf({
    first: 1,
    token: 10,
    newTypes: [OTHER],
    types: [1, 0],
    inputs: ["b", "c"],
    taskIds: ["one", "two"],
    attempts: [3, 4],
    traces: [null, LINK],
  }));
  deepStrictEqual([batches.next(), batches.next(), batches.next(), batches.next()], [
    { seq: 0, token: 9, type: TYPE, input: "a", taskId: "", attempt: 1, trace: null },
    { seq: 1, token: 10, type: OTHER, input: "b", taskId: "one", attempt: 3, trace: null },
    { seq: 2, token: 10, type: TYPE, input: "c", taskId: "two", attempt: 4, trace: LINK },
    undefined,
  ]);
  strictEqual(batches.isEmpty, true);
});

Deno.test("SentBatches.next() gives nothing that the host took back", () => {
  const { stats, batches, inputs } = world();
  batches.take(batchOf({ inputs: ["a", "b", "c"] }));
  strictEqual(batches.next()?.input, "a");
  strictEqual(stats.takeBack(0, 0), 1);
  deepStrictEqual([inputs(), batches.isEmpty], [[], true]);
});

Deno.test("SentBatches.take() begins a new epoch, and leaves what is left of the old one", () => {
  const { stats, batches, inputs } = world();
  batches.take(batchOf({ inputs: ["a", "b"] }));
  stats.takeBack(0, 0);
  strictEqual(batches.take(batchOf({ epoch: 1, first: 2, inputs: ["c"] })), true);
  deepStrictEqual(inputs(), ["c"]);
});

Deno.test("SentBatches.take() refuses a batch whose epoch was taken back before it came", () => {
  const { stats, batches, inputs } = world();
  stats.takeBack(0, 0);
  stats.takeBack(0, 1);
  strictEqual(batches.take(batchOf({ epoch: 1, first: 1, inputs: ["late"] })), false);
  deepStrictEqual([inputs(), batches.isEmpty], [[], true]);
});
