import { deepStrictEqual } from "node:assert/strict";
import { keysOf } from "../../../../cli/top/keys.ts";

Deno.test("keysOf() names the keys of what is typed, one after the other", () => {
  deepStrictEqual(keysOf("j\x1b[A\x1bOB\x1b[5~\x1b[6~\t\x03+é"), [
    "j",
    "up",
    "down",
    "page up",
    "page down",
    "tab",
    "ctrl c",
    "+",
    "é",
  ]);
});

Deno.test("keysOf() takes no letter of a sequence for a key", () => {
  deepStrictEqual(keysOf("\x1b[1;5q\x1b[200~"), ["\x1b[1;5q", "\x1b[200~"]);
  deepStrictEqual(keysOf("\x1b"), ["escape"]);
});
