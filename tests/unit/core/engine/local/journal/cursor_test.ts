import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { readCursor, writeCursor } from "../../../../../../core/engine/local/journal/cursor.ts";

Deno.test("readCursor() reads what writeCursor() wrote", () => {
  for (const way of ["older", "newer"] as const) {
    const cursor = writeCursor(way, 1_234) ?? "";
    deepStrictEqual(readCursor(cursor, ["older", "newer"]), { way, row: 1_234 });
  }
  strictEqual(writeCursor("older", undefined), null);
});

Deno.test.each([
  "",
  "7",
  "older",
  "older-",
  "older--7",
  "older-7 ",
  "older-7.5",
  "later-7",
  "older-1234567890123456",
  "newer-7", // a list that leads to older ones alone
])("readCursor() refuses %j with cursor_invalid", (cursor) => {
  throws(() => readCursor(cursor, ["older"]), { code: "cursor_invalid" });
});
