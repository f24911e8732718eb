import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { formatLine, LOG_LINE_CHARS_MAX } from "../../../../core/observation/log_line.ts";

/** What was logged, as a line and as what a program reads of it. */
function lineWith(properties: Record<string, unknown>) {
  const line = formatLine({
    category: ["lido", "room"],
    level: "info",
    message: ["Said"],
    rawMessage: "Said",
    timestamp: 0,
    properties,
  });
  return { line, read: JSON.parse(line).properties };
}

Deno.test("formatLine() writes no character that steers a terminal or fakes a line", () => {
  const name = 'x\n{"level":"ERROR"}\r\x1b[2J\x07\x7f\x9b31m\u202egnp.exe\u2066\u2028\u2029\u200f';
  const { line, read } = lineWith({ name });
  strictEqual(read.name, name);
  // deno-lint-ignore no-control-regex -- those are what shall not be there
  deepStrictEqual(line.slice(0, -1).match(/[\x00-\x1f\x7f-\x9f\u200f\u2028-\u202e\u2066]/g), null);
  strictEqual(line.at(-1), "\n");
});

Deno.test("formatLine() cuts what is too long; the line stays JSON and keeps its ids", () => {
  for (
    const long of ["x".repeat(100_000), "\u202e".repeat(8_000), { deep: ["\x00".repeat(9_000)] }]
  ) {
    const { line, read } = lineWith({ taskId: "t-1", long, other: 7 });
    ok(line.length <= LOG_LINE_CHARS_MAX, String(line.length));
    deepStrictEqual([read.taskId, read.other, read.isCut], ["t-1", 7, true]);
    ok(read.long.length > 100);
  }
});

Deno.test("formatLine() leaves a line of just the limit whole", () => {
  const room = LOG_LINE_CHARS_MAX - lineWith({ text: "" }).line.length;
  const { line, read } = lineWith({ text: "x".repeat(room) });
  deepStrictEqual([line.length, read.text.length], [LOG_LINE_CHARS_MAX, room]);
  strictEqual(lineWith({ text: "x".repeat(room + 1) }).read.isCut, true);
});

Deno.test("formatLine() makes a JSON line within the limit of anything", () => {
  const properties = fc.dictionary(
    fc.string({ unit: "binary" }),
    fc.anything({ withBigInt: true }),
  );
  fc.assert(
    fc.property(properties, fc.nat(3_000), (some, times) => {
      const { line } = lineWith({ ...some, text: "\u202e".repeat(times) });
      ok(line.length <= LOG_LINE_CHARS_MAX && line.indexOf("\n") === line.length - 1);
    }),
    { numRuns: 30 },
  );
});
