import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { FromChild } from "../../../../core/execution/from_child.ts";

const SPAN = {
  id: "a",
  parentId: "",
  name: "a span",
  kind: 0,
  startMs: 1.5,
  endMs: 2,
  isError: false,
  message: "",
  attributes: { text: "x", number: 1.5, is: true },
};

/** What a child says of one task's spans. */
function notesWith(spans: readonly unknown[]) {
  const note = {
    seq: 3,
    lines: [],
    dropped: 0,
    progressNote: null,
    metrics: null,
    counters: [],
    spans,
    droppedSpans: 0,
  };
  return { kind: "notes", notes: [note] };
}

Deno.test("FromChild takes spans as they are, and times that are no number as 0", () => {
  const read = FromChild.parse(notesWith([SPAN, { ...SPAN, startMs: null, endMs: null }]));
  deepStrictEqual(read, notesWith([SPAN, { ...SPAN, startMs: 0, endMs: 0 }]));
});

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, at]));

/** What no thread of Lido sends, and task code that forges its messages may. */
const FORGED: Readonly<Record<string, readonly unknown[]>> = {
  "more than 100 spans": Array.from({ length: 101 }, () => SPAN),
  "more than 32 attributes": [{ ...SPAN, attributes: many(33) }],
  "a long attribute": [{ ...SPAN, attributes: { text: "x".repeat(1_025) } }],
  "a long name of an attribute": [{ ...SPAN, attributes: { ["x".repeat(101)]: 1 } }],
  "an attribute that is an object": [{ ...SPAN, attributes: { text: {} } }],
  "a long name": [{ ...SPAN, name: "x".repeat(201) }],
  "a long id": [{ ...SPAN, id: "x".repeat(33) }],
  "a long message": [{ ...SPAN, message: "x".repeat(1_025) }],
  "a kind that there is not": [{ ...SPAN, kind: 5 }],
  "no spans at all": [null],
};

for (const [what, spans] of Object.entries(FORGED)) {
  Deno.test(`FromChild refuses ${what}`, () => {
    strictEqual(FromChild.safeParse(notesWith(spans)).success, false);
  });
}

Deno.test("FromChild takes spans that are as large as may be", () => {
  const attributes = { ...many(31), ["x".repeat(100)]: "x".repeat(1_024) };
  const large = { ...SPAN, name: "x".repeat(200), message: "x".repeat(1_024), attributes };
  const spans = Array.from({ length: 100 }, () => large);
  strictEqual(FromChild.safeParse(notesWith(spans)).success, true);
});
