import { strictEqual } from "node:assert/strict";
import { type Column, drawFacts, drawTable } from "../../../cli/table.ts";
import type { Output } from "../../../cli/world.ts";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly count: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "ID", text: (row) => row.id, isWhole: true },
  { title: "NAME", text: (row) => row.name },
  { title: "COUNT", text: (row) => String(row.count), isNumber: true },
];
const FILE: Output = { isTerminal: false, hasColours: false, columns: 80, write: () => true };

Deno.test("drawTable() aligns text left and numbers right", () => {
  const rows = [{ id: "a", name: "first", count: 5 }, { id: "bcd", name: "2nd", count: 123456 }];
  strictEqual(
    drawTable(rows, COLUMNS, FILE),
    "ID   NAME    COUNT\n" +
      "a    first       5\n" +
      "bcd  2nd    123456\n",
  );
});

Deno.test("drawTable() cuts the widest column to fit a terminal, and ids last", () => {
  const rows = [{ id: "0123456789", name: "a name that is much too long", count: 5 }];
  strictEqual(
    drawTable(rows, COLUMNS, { ...FILE, isTerminal: true, columns: 30 }),
    "ID          NAME         COUNT\n" +
      "0123456789  a name tha…      5\n",
  );
  strictEqual(
    drawTable(rows, COLUMNS, { ...FILE, isTerminal: true, columns: 20 }),
    "ID       NAME  COUNT\n" +
      "012345…  a n…      5\n",
  );
});

Deno.test("drawTable() counts cells, not characters", () => {
  const rows = [{ id: "a", name: "线程", count: 5 }, { id: "b", name: "five5", count: 7 }];
  strictEqual(
    drawTable(rows, COLUMNS, FILE),
    "ID  NAME   COUNT\n" +
      "a   线程       5\n" +
      "b   five5      7\n",
  );
});

Deno.test("drawTable() cuts nothing when the output is no terminal", () => {
  const rows = [{ id: "1", name: "x".repeat(100), count: 5 }];
  strictEqual(drawTable(rows, COLUMNS, FILE).includes("x".repeat(100)), true);
});

Deno.test("drawTable() colours words that tell a state, only where colours are wanted", () => {
  const columns = [{ title: "STATUS", text: (state: string) => state }];
  strictEqual(
    drawTable(["failed", "other"], columns, { ...FILE, hasColours: true }),
    "STATUS\n\x1b[31mfailed\x1b[39m\nother\n",
  );
  strictEqual(drawTable(["failed"], columns, FILE), "STATUS\nfailed\n");
});

Deno.test("drawTable() writes control characters of a name out", () => {
  const rows = [{ id: "1", name: "a\x1b[2J\nb\u202e", count: 1 }];
  strictEqual(
    drawTable(rows, COLUMNS, FILE),
    "ID  NAME                      COUNT\n1   a\\u{1b}[2J\\u{a}b\\u{202e}      1\n",
  );
});

Deno.test("drawFacts() puts the values beneath each other", () => {
  strictEqual(drawFacts([["id", "1"], ["status", "running"]]), "id:     1\nstatus: running\n");
});
