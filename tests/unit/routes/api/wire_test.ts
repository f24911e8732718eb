import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { z } from "zod";
import {
  describeFaults,
  fieldNames,
  fromWire,
  toWire,
  unknownField,
  wireFault,
} from "../../../../routes/api/wire.ts";

const schema = z.strictObject({
  maxThreads: z.int(),
  runTimeoutMs: z.int().optional(),
  input: z.json(),
});
const names = fieldNames(schema.shape, { maxThreads: "max_workers" });

Deno.test("fromWire() renames the outermost fields only", () => {
  const body = { max_workers: 2, run_timeout_ms: 3, input: { max_workers: { run_timeout_ms: 1 } } };
  deepStrictEqual(fromWire(body, { action: "Cannot x", schema, names }), {
    maxThreads: 2,
    runTimeoutMs: 3,
    input: { max_workers: { run_timeout_ms: 1 } },
  });
});

Deno.test("toWire() is the way back", () => {
  deepStrictEqual(toWire({ maxThreads: 2, input: { maxThreads: 1 } }, names), {
    max_workers: 2,
    input: { maxThreads: 1 },
  });
});

Deno.test.each([
  [["maxThreads"], ["max_workers"]],
  [["tasks", 3, "maxThreads"], ["tasks", 3, "max_workers"]],
  [["input", "maxThreads"], ["input", "maxThreads"]],
  [["other"], ["other"]],
  [[], []],
])("wireFault() at %j is at %j", (path, expected) => {
  deepStrictEqual(wireFault({ path, message: "Bad" }, names), { path: expected, message: "Bad" });
});

Deno.test("wireFault() renames fields in the message, unless the fault is in the input", () => {
  const message = "Must not be above maxThreads of otherName";
  deepStrictEqual(wireFault({ path: ["runTimeoutMs"], message }, names), {
    path: ["run_timeout_ms"],
    message: "Must not be above max_workers of otherName",
  });
  deepStrictEqual(wireFault({ path: ["input"], message }, names), { path: ["input"], message });
});

Deno.test.each([
  ["max_worker", "Unknown field: did you mean max_workers?"],
  ["maxWorkers", "Unknown field: did you mean max_workers?"],
  ["workers", "Unknown field: did you mean max_workers?"],
  ["something", "Unknown field: known are max_workers, input"],
])("unknownField() of %s", (field, message) => {
  strictEqual(unknownField(field, ["max_workers", "input"]), message);
});

Deno.test("describeFaults() tells the first fault and how many more there are", () => {
  const faults = [{ path: ["a", 1], message: "Bad" }, { path: [], message: "Worse" }];
  strictEqual(describeFaults("Cannot x", faults), "Cannot x: a.1: Bad (and 1 more)");
  strictEqual(describeFaults("Cannot x", faults.slice(1)), "Cannot x: Worse");
});
