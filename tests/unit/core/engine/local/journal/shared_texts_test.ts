import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  type Cell,
  END_COLUMNS,
  readTaskRows,
  SUBMIT_COLUMNS,
  writeTaskRows,
} from "../../../../../../core/engine/local/journal/group.ts";

const URL = "file:///tasks/resize.task.ts";

function submit(seq: number, codeVersion: string | null = "v1"): Cell[] {
  const values: Record<string, Cell> = {
    seq,
    type: "resize",
    name: "resize",
    codeUrl: URL,
    codeVersion,
  };
  return SUBMIT_COLUMNS.map((column) => values[column] ?? null);
}

function end(seq: number, codeVersion = "v1"): Cell[] {
  const values: Record<string, Cell> = { seq, codeVersion, result: "0" };
  return END_COLUMNS.map((column) => values[column] ?? null);
}

function rowsOf(submitted: readonly Cell[][], ended: readonly Cell[][]) {
  return { submitted: submitted.flat(), moved: [], ended: ended.flat(), traced: [] };
}

Deno.test("A group's text has a text that its rows share once, and gives it back to each", () => {
  const rows = rowsOf([submit(1), submit(2), submit(3, "v2"), submit(4)], [end(1), end(3, "v2")]);
  const text = writeTaskRows(rows);
  strictEqual(text.split(URL).length, 2);
  deepStrictEqual(readTaskRows(text), rows);
});

Deno.test("A group's rows are as they were once its text is written: it may be written again", () => {
  const rows = rowsOf([submit(1), submit(2, "v2")], [end(1)]);
  const before = structuredClone(rows);
  strictEqual(writeTaskRows(rows), writeTaskRows(rows));
  deepStrictEqual(rows, before);
});

Deno.test("What is null in a group's rows stays null, and texts of other columns stay there", () => {
  const rows = rowsOf([submit(1, null), submit(2)], [end(1), end(2)]);
  const text = writeTaskRows(rows);
  strictEqual(text.split('"resize"').length, 4); // two names, and their type once
  deepStrictEqual(readTaskRows(text), rows);
});

Deno.test("A group that an older Lido left in the inbox is read, too", () => {
  const rows = rowsOf([submit(1)], [end(1)]);
  const { submitted, moved, ended } = rows;
  deepStrictEqual(readTaskRows(JSON.stringify([submitted, moved, ended])), rows);
  deepStrictEqual(readTaskRows(JSON.stringify([submitted, moved, ended, []])), rows);
});
