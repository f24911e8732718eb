import { deepStrictEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import type { HistoryRow } from "../../../../../core/observation/history/history_row.ts";
import {
  readHistoryRow,
  writeHistoryRow,
} from "../../../../../core/observation/history/row_bytes.ts";
import { historyRow } from "../../../../helpers/history_rows.ts";

Deno.test("readHistoryRow() gives the row that writeHistoryRow() wrote", () => {
  fc.assert(fc.property(historyRow, (row) => {
    deepStrictEqual(readHistoryRow(writeHistoryRow(row)), row);
  }));
  const most = Number.MAX_SAFE_INTEGER;
  const row: HistoryRow = {
    samples: most,
    coveredMs: 2 ** 31,
    busyMs: 2 ** 32 - 1,
    counts: [127, 128, 16_383, 16_384],
    sums: [],
    maxes: [0],
    wait: [0, most, 1_215, 1],
    run: [],
  };
  deepStrictEqual(readHistoryRow(writeHistoryRow(row)), row);
});

Deno.test("writeHistoryRow() takes two bytes for most buckets", () => {
  const wait = Array.from({ length: 300 }, (_, at) => [at + 300, 1 + at % 100]).flat();
  const row = { samples: 1, coveredMs: 5_000, busyMs: 1, counts: [], sums: [], maxes: [], run: [] };
  ok(writeHistoryRow({ ...row, wait }).length < 620);
});

Deno.test("readHistoryRow() throws for what is cut off, and for a form that it does not know", () => {
  const row = { samples: 1, coveredMs: 9, busyMs: 1, counts: [], sums: [], maxes: [], run: [] };
  const bytes = writeHistoryRow({ ...row, wait: [7, 200] });
  for (let length = 0; length < bytes.length; length++) {
    throws(() => readHistoryRow(bytes.slice(0, length)), RangeError);
  }
  bytes[0] = 9;
  throws(() => readHistoryRow(bytes), /its form is 9/);
});
