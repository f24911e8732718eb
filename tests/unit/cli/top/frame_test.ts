import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { assert, boolean, integer, property, string } from "fast-check";
import { widthOf } from "../../../../cli/display_width.ts";
import { drawFrame, drawWhole } from "../../../../cli/top/frame.ts";
import { press } from "../../../../cli/top/press.ts";
import { firstState, settle, withLook, withTrouble } from "../../../../cli/top/state.ts";
import {
  lookAt,
  NOW_MS,
  numberedPool,
  SIZE,
  stateOf,
  wireHealth,
  wireRunning,
  wireWorker,
} from "./top_samples.ts";

const BUSY = numberedPool(7, {
  pending_tasks: 12,
  completed_tasks: 1_234_567,
  failed_tasks: 3,
  wait_ms: { count: 9, p95: 250 },
  run_ms: { count: 9, p95: 4_100 },
  workers: [wireWorker(0, wireRunning()), wireWorker(1)],
});
const MANY = [BUSY, ...Array.from({ length: 199 }, (_, index) => numberedPool(index + 100))];

Deno.test("drawFrame() shows 200 pools on 80 columns and 24 rows", () => {
  const first = firstState("http://127.0.0.1:8000", lookAt(MANY));
  const look = lookAt(MANY, {
    monotonicMs: 1_000,
    health: {
      ...wireHealth({ total_pools: 200, completed_tasks: 12 }),
      alerts: [
        { level: "warning", message: "200 pools are open" },
        { level: "critical", message: "The journal takes nothing" },
      ],
    },
  });
  const lines = drawFrame(settle(withLook(first, look), SIZE), SIZE, false);
  deepStrictEqual(lines.map((line) => line.trimEnd()), [
    "Lido  http://127.0.0.1:8000  healthy  up 1h  100 MiB",
    "200 pools  1/2 threads busy  pending 2  done 12 (5.0/s)  failed 0 (0/s)",
    "! The journal takes nothing (and 1 more)",
    "  POOL 1–13/200      STATUS   THREADS PENDING   DONE FAILED DONE/S WAIT95  RUN95",
    "> pool-7             running      1/5      12  1.23M      3      0  250ms   4.1s",
    ...Array.from(
      { length: 12 },
      (_, index) =>
        `  pool-${
          index + 100
        }           running      0/5       0      0      0      0      –      –`,
    ),
    "THREADS OF pool-7 2",
    "    # STATE    TASK         PROGRESS            FOR   DONE FAILED    MIB     PID",
    "-   0 busy     nap (sleep)  ███░░░░░░░░  25%   1.5s      3      1     64    4000",
    "    1 idle     –                                  –      3      1     64    4001",
    "  TASK TYPE                           RUNNING SHARE OF RUNNING TASKS, 2 LOOKS",
    "  sleep                                     1 █████████████████████████████ 100%",
    "q quit  ? help  Tab pools or threads  p pause  + - resize  s stop the task",
  ]);
});

Deno.test("drawFrame() has more columns where there is room", () => {
  const size = { columns: 200, rows: 50 };
  const titles = drawFrame(stateOf(MANY, size), size, false)[3] ?? "";
  for (const title of ["OLDEST", "CANCELLED", "ZOMBIES", "ISOLATION", "PROBLEM"]) {
    ok(titles.includes(title), titles);
  }
});

Deno.test("drawFrame() says so where a list is empty", () => {
  const text = drawFrame(stateOf([]), SIZE, false).join("\n");
  for (const said of ["No pool is open", "It has no threads now", "No task was seen running"]) {
    ok(text.includes(said), text);
  }
});

Deno.test("drawFrame() tells by a mark, too, which row and which list is selected", () => {
  const { state } = press(stateOf([BUSY]), "tab", SIZE);
  const marks = drawFrame(state, SIZE, false).filter((line) => /^[>-] /.test(line))
    .map((line) => line.slice(0, 8));
  deepStrictEqual(marks, ["- pool-7", ">   0 bu"]);
});

Deno.test("drawFrame() keeps what was seen when no server answers, and says since when", () => {
  const lost = withTrouble(stateOf([BUSY]), "Cannot reach Lido", NOW_MS);
  const lines = drawFrame(withTrouble(lost, "Cannot reach Lido", NOW_MS + 60_000), SIZE, false);
  strictEqual(lines[0]?.includes("no answer"), true);
  strictEqual(lines[2], "No answer since 03:04:05 UTC, trying again: Cannot reach Lido");
  strictEqual(lines[4]?.startsWith("> pool-7"), true);
});

Deno.test("drawFrame() asks in the last line, and has the help in place of the lists", () => {
  const asked = press(stateOf([BUSY]), "s", SIZE).state;
  strictEqual(
    drawFrame(asked, SIZE, false).at(-1),
    "Stop task nap (01979a3e-0000-7000-8000-00000000000a)? y n",
  );
  const help = drawFrame(press(stateOf([BUSY]), "?", SIZE).state, SIZE, false);
  deepStrictEqual([help.length, help.join("\n").includes("q, Ctrl-C")], [24, true]);
});

Deno.test("drawFrame() colours only where colours are wanted, and the same text", () => {
  const plain = drawFrame(stateOf(MANY), SIZE, false);
  const coloured = drawFrame(stateOf(MANY), SIZE, true);
  strictEqual(plain.join("").includes("\x1b"), false);
  strictEqual(coloured.join("").includes("\x1b[7m"), true);
  deepStrictEqual(coloured.map(stripVTControlCharacters), plain);
});

Deno.test("drawFrame() never wraps, whatever names there are and however small it is", () => {
  const text = string({ unit: "binary", maxLength: 60 });
  const side = integer({ min: 1, max: 210 });
  assert(property(text, text, side, side, boolean(), (name, other, columns, rows, hasColours) => {
    const task = wireRunning({ name: other, task_type: name });
    const pool = numberedPool(1, { name, start_problem: other, workers: [wireWorker(0, task)] });
    const look = lookAt([pool], {
      health: { ...wireHealth(), alerts: [{ level: "warning", message: other }] },
    });
    const size = { columns, rows };
    const first = settle(firstState(`http://${name}`, look), size);
    for (const state of [first, press(first, "s", size).state, withTrouble(first, other, NOW_MS)]) {
      const lines = drawFrame(state, size, hasColours);
      strictEqual(lines.length, rows);
      for (const line of lines.map(stripVTControlCharacters)) {
        ok(widthOf(line) <= columns, JSON.stringify(line));
        ok(!/\p{Cc}/u.test(line), JSON.stringify(line));
      }
    }
  }));
});

Deno.test("drawWhole() has all rows, and neither colours nor keys", () => {
  const text = drawWhole(stateOf(MANY), 80);
  strictEqual(text.match(/^. pool-\d+ /gm)?.length, 200);
  deepStrictEqual([text.includes("\x1b"), text.includes("q quit")], [false, false]);
  strictEqual(text.endsWith("\n"), true);
});
