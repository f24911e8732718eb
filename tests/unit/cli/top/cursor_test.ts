import { deepStrictEqual } from "node:assert/strict";
import { AT_FIRST, follow, moveBy } from "../../../../cli/top/cursor.ts";

const KEYS = ["a", "b", "c", "d", "e", "f"];

Deno.test("moveBy() stays in the list, and shows the selected row", () => {
  const down = moveBy(AT_FIRST, KEYS, 3, 3);
  deepStrictEqual(down, { key: "d", at: 3, top: 1 });
  deepStrictEqual(moveBy(down, KEYS, 3, 9), { key: "f", at: 5, top: 3 });
  deepStrictEqual(moveBy(down, KEYS, 3, -1), { key: "c", at: 2, top: 1 });
  deepStrictEqual(moveBy(down, KEYS, 3, -9), { key: "a", at: 0, top: 0 });
  deepStrictEqual(moveBy(AT_FIRST, [], 3, 1), { key: null, at: 0, top: 0 });
});

Deno.test("follow() keeps the selected row on its line while others change places", () => {
  const cursor = { key: "d", at: 3, top: 2 };
  deepStrictEqual(follow(cursor, ["d", "a", "b", "c", "e", "f"], 3), { key: "d", at: 0, top: 0 });
  deepStrictEqual(follow(cursor, ["x", ...KEYS], 3), { key: "d", at: 4, top: 3 });
});

Deno.test("follow() selects what took the place of a row that is gone", () => {
  const cursor = { key: "f", at: 5, top: 3 };
  deepStrictEqual(follow(cursor, KEYS.slice(0, 5), 3), { key: "e", at: 4, top: 2 });
  deepStrictEqual(follow(cursor, [], 3), { key: null, at: 0, top: 0 });
});

Deno.test("follow() stays at the first row, whichever it is, until somebody moves", () => {
  deepStrictEqual(follow(AT_FIRST, ["z", ...KEYS], 3), AT_FIRST);
});

Deno.test("follow() leaves no line empty when there is more room", () => {
  deepStrictEqual(follow({ key: "f", at: 5, top: 3 }, KEYS, 5), { key: "f", at: 5, top: 1 });
});
