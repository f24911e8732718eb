import { deepStrictEqual } from "node:assert/strict";
import { Screen } from "../../../../cli/top/screen.ts";
import { FakeTerminal } from "./fake_terminal.ts";

Deno.test("Screen.show() writes only the lines that are others than before", () => {
  const terminal = new FakeTerminal();
  const screen = new Screen(terminal);
  screen.show(["a", "b", "c"]);
  screen.show(["a", "B", "c"]);
  screen.show(["a", "B", "c"]);
  deepStrictEqual(terminal.written, [
    "\x1b[1;1H\x1b[2Ka\x1b[2;1H\x1b[2Kb\x1b[3;1H\x1b[2Kc",
    "\x1b[2;1H\x1b[2KB",
  ]);
});

Deno.test("Screen.forget() lets all lines be written anew", () => {
  const terminal = new FakeTerminal();
  const screen = new Screen(terminal);
  screen.show(["a"]);
  screen.forget();
  screen.show(["a"]);
  deepStrictEqual(terminal.written.slice(1), ["\x1b[2J", "\x1b[1;1H\x1b[2Ka"]);
});
