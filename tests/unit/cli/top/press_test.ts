import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { press, type Pressed } from "../../../../cli/top/press.ts";
import { selectedPool, settle, type TopState, withLook } from "../../../../cli/top/state.ts";
import { lookAt, numberedPool, SIZE, stateOf, wireRunning, wireWorker } from "./top_samples.ts";

const MANY = Array.from({ length: 200 }, (_, index) => numberedPool(index + 1));

/** Presses keys, one after the other. */
function pressed(state: TopState, ...keys: readonly string[]): Pressed {
  let last: Pressed = { state };
  for (const key of keys) last = press(last.state, key, SIZE);
  return last;
}

function nameAfter(state: TopState, ...keys: readonly string[]): string | undefined {
  return selectedPool(pressed(state, ...keys).state)?.name;
}

Deno.test("press() moves by rows and pages, and stops at the ends", () => {
  const state = stateOf(MANY);
  deepStrictEqual(
    [["down"], ["j", "j"], ["j", "j", "k"], ["up"], ["page down"], ["end"], ["end", "page up"]]
      .map((keys) => nameAfter(state, ...keys)),
    ["pool-2", "pool-3", "pool-2", "pool-1", "pool-15", "pool-200", "pool-186"],
  );
  strictEqual(nameAfter(state, "end", "home"), "pool-1");
});

Deno.test("press() keeps the selected pool when a look brings another order", () => {
  const { state } = pressed(stateOf(MANY), "j", "j");
  const busy = MANY.map((pool) => pool.name === "pool-150" ? { ...pool, pending_tasks: 1 } : pool);
  const after = settle(withLook(state, lookAt(busy)), SIZE);
  deepStrictEqual([selectedPool(after)?.name, after.pools.at, after.pools.top], ["pool-3", 3, 1]);
});

Deno.test("press() pauses a pool that runs, resumes one that is paused, and says why not else", () => {
  const act = (status: string) => {
    const { action, state } = pressed(stateOf([numberedPool(1, { status })]), "p");
    return action?.kind ?? state.note;
  };
  deepStrictEqual(["running", "paused", "draining"].map(act), [
    "pause",
    "resume",
    "Cannot pause pool-1: it is draining",
  ]);
});

Deno.test("press() resizes by one", () => {
  const { pool_id: poolId } = numberedPool(2);
  const state = stateOf([numberedPool(1), numberedPool(2)]);
  deepStrictEqual(pressed(state, "j", "+").action, { kind: "resize", poolId, by: 1 });
  deepStrictEqual(pressed(state, "j", "-").action, { kind: "resize", poolId, by: -1 });
});

const workers = [
  wireWorker(0),
  wireWorker(1, wireRunning({ task_id: "t1", name: "first" })),
  wireWorker(2, wireRunning({ task_id: "t2", name: "second" })),
];

Deno.test("press() asks before it stops the task of the selected thread", () => {
  const state = stateOf([numberedPool(1, { workers })]);
  const asked = pressed(state, "tab", "j", "j", "s");
  deepStrictEqual([asked.action, asked.state.question], [
    undefined,
    { taskId: "t2", name: "second" },
  ]);
  deepStrictEqual(pressed(asked.state, "y").action, { kind: "stop", taskId: "t2", name: "second" });
});

Deno.test("press() stops nothing on any other key than y, and does nothing else with it", () => {
  const asked = pressed(stateOf([numberedPool(1, { workers })]), "tab", "j", "s").state;
  for (const key of ["n", "escape", "q", "p", "s", "tab"]) {
    const { state, action, isEnd } = pressed(asked, key);
    deepStrictEqual([state.question, state.note, state.focus, action, isEnd], [
      null,
      "Nothing was stopped",
      "threads",
      undefined,
      undefined,
    ]);
  }
});

Deno.test("press() stops the task that was asked about, though its thread runs another by now", () => {
  const asked = pressed(stateOf([numberedPool(1, { workers })]), "tab", "j", "s").state;
  const other = wireWorker(1, wireRunning({ task_id: "t9" }));
  const later = settle(withLook(asked, lookAt([numberedPool(1, { workers: [other] })])), SIZE);
  deepStrictEqual(pressed(later, "y").action, { kind: "stop", taskId: "t1", name: "first" });
});

Deno.test("press() tells that an idle thread has no task to stop", () => {
  const { state } = pressed(stateOf([numberedPool(1, { workers })]), "s");
  deepStrictEqual([state.question, state.note], [
    null,
    "Cannot stop: the selected thread runs no task",
  ]);
  strictEqual(pressed(stateOf([]), "s", "p", "+", "j", "tab", "j").action, undefined);
});

Deno.test("press() shows the help until any key, and ends on q and Ctrl-C", () => {
  const state = stateOf(MANY);
  const help = pressed(state, "?");
  strictEqual(help.state.isHelp, true);
  deepStrictEqual(pressed(help.state, "q"), { state });
  deepStrictEqual([pressed(state, "q").isEnd, pressed(help.state, "ctrl c").isEnd], [true, true]);
});

Deno.test("press() begins at the first thread of another pool", () => {
  const both = [numberedPool(1, { workers }), numberedPool(2, { workers })];
  const { state } = pressed(stateOf(both), "tab", "j", "tab", "j");
  deepStrictEqual([selectedPool(state)?.name, state.threads.at], ["pool-2", 0]);
});
