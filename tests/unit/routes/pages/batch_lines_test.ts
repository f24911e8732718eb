import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { readLines } from "../../../../routes/pages/batch_lines.ts";
import { POOL_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";

const DEFAULTS = { poolId: POOL_ID, type: "sleep" };
const TASK = { poolId: POOL_ID, type: "sleep", priority: 0, tags: [] };

/** What lines came to, without what every submission has. */
function read(text: string) {
  const { submissions, faults } = readLines(text, DEFAULTS);
  return {
    good: submissions.map(({ line, submission }) => [line, { ...submission }]),
    faults: faults.map(({ line, text: why }) => [line, why]),
  };
}

Deno.test("readLines() takes a line of NDJSON as a task, or as the input of one", () => {
  const lines = [
    '{"seconds":1}',
    `{"pool_id":"${UNKNOWN_ID}","task_type":"primes","task_name":"a b","priority":3,"tags":["x"],` +
    '"run_timeout_ms":5,"idempotency_key":"k","input":{"max":9}}',
    "",
    '  {"seconds":2,"priority":-1,"task_name":"two"}  ',
    '{"input":[1,2]}',
    '{"task_name":"none"}',
  ];
  deepStrictEqual(read(lines.join("\r\n")), {
    good: [
      [1, { ...TASK, input: { seconds: 1 } }],
      [2, {
        poolId: UNKNOWN_ID,
        type: "primes",
        name: "a b",
        priority: 3,
        tags: ["x"],
        runTimeoutMs: 5,
        idempotencyKey: "k",
        input: { max: 9 },
      }],
      [4, { ...TASK, name: "two", priority: -1, input: { seconds: 2 } }],
      [5, { ...TASK, input: [1, 2] }],
      [6, { ...TASK, name: "none" }],
    ],
    faults: [],
  });
});

Deno.test("readLines() tells of every wrong line of NDJSON, by its number, and keeps the others", () => {
  const { good, faults } = read([
    '{"a":1}',
    "{broken",
    '{"a":1,"a":2}',
    '{"priority":1e3}',
    '{"input":1,"beside":2}',
    '{"__proto__":1}',
    "",
    '"text"',
  ].join("\n"));
  deepStrictEqual(good, [[1, { ...TASK, input: { a: 1 } }], [8, { ...TASK, input: "text" }]]);
  deepStrictEqual(faults.map(([line]) => line), [2, 3, 6, 4, 5]);
  const said = new Map(faults.map(([line, why]) => [line, String(why)]));
  ok(said.get(3)?.includes('the name "a" comes twice'), said.get(3));
  ok(said.get(4)?.includes("priority"), said.get(4));
  ok(said.get(5)?.includes("beside"), said.get(5));
  ok(said.get(6)?.includes("__proto__"), said.get(6));
});

Deno.test("readLines() takes CSV with a head, its cells for JSON where they are some", () => {
  const text = "\ufefftask_name,priority,tags,seconds,more,label\r\n" +
    '"one, ""two""",5,"a b,c",1.5,"{""x"":[true]}",yes\r\n' +
    "\r\n" +
    "123,,,null,,\r\n";
  deepStrictEqual(read(text), {
    good: [
      [2, {
        ...TASK,
        name: 'one, "two"',
        priority: 5,
        tags: ["a", "b", "c"],
        input: { seconds: 1.5, more: { x: [true] }, label: "yes" },
      }],
      [4, { ...TASK, name: "123", input: { seconds: null } }],
    ],
    faults: [],
  });
});

Deno.test("readLines() tells of CSV that cannot be read, and where", () => {
  const { good, faults } = read("a,b\n1,2\n3\n");
  deepStrictEqual([good, faults.map(([line]) => line)], [[], [3]]);
});

Deno.test("readLines() tells of a wrong row of CSV, and keeps the others", () => {
  const { good, faults } = read("priority,x\nhigh,1\n2,1\n");
  deepStrictEqual(good, [[3, { ...TASK, priority: 2, input: { x: 1 } }]]);
  deepStrictEqual(faults.map(([line]) => line), [2]);
  ok(String(faults[0]?.[1]).includes("priority"));
});

for (const text of ["", "\n \r\n", "a,b\n"]) {
  Deno.test(`readLines() finds no line in ${JSON.stringify(text)}`, () => {
    deepStrictEqual(read(text), { good: [], faults: [] });
  });
}

Deno.test("readLines() takes a cell that is nested without end for a text", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const { submissions, faults } = readLines(`x\n${deep}\n`, DEFAULTS);
  deepStrictEqual(faults, []);
  strictEqual(JSON.stringify(submissions[0]?.submission.input) === `{"x":"${deep}"}`, true);
});

Deno.test("readLines() keeps whatever letters a line has", () => {
  const text = "<script>alert(1)</script>\u202e🏊\"'\\";
  const [one] = readLines(JSON.stringify({ task_name: text, x: text }), DEFAULTS).submissions;
  strictEqual(one?.submission.name, text);
  deepStrictEqual(one?.submission.input, { x: text });
});
