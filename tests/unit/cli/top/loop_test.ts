import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { LidoClient } from "../../../../cli/client/mod.ts";
import { TopLoop } from "../../../../cli/top/loop.ts";
import { firstState } from "../../../../cli/top/state.ts";
import { fakeClock } from "../../../helpers/fake_clock.ts";
import { until } from "../../../helpers/until.ts";
import { within } from "../../../helpers/within.ts";
import { type Answers, failure, fakeWorld } from "../fake_world.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { lookAt, numberedPool, wireHealth, wireRunning, wireWorker } from "./top_samples.ts";

const POOL = numberedPool(1, { workers: [wireWorker(0, wireRunning())] });
const PATH = `/api/pools/${POOL.pool_id}`;

/** `top` at a terminal, in front of a server that the test plays. */
function rig(answers: Answers = {}) {
  const { world, seen } = fakeWorld({
    answers: {
      "GET /api/pools": () => [POOL],
      "GET /health/live": () => Response.json(wireHealth()),
      ...answers,
    },
  });
  const terminal = new FakeTerminal();
  const stop = new AbortController();
  const clock = fakeClock();
  let wake = Promise.withResolvers<void>();
  let asleep = Promise.withResolvers<number>();
  const loop = new TopLoop(firstState("http://lido", lookAt([POOL])), {
    client: new LidoClient({ url: "http://lido", token: undefined, fetch: world.fetch }),
    terminal,
    clock: {
      ...clock,
      sleep: async (ms, signal) => {
        asleep.resolve(ms);
        signal.addEventListener("abort", () => wake.resolve());
        if (signal.aborted) wake.resolve();
        await wake.promise;
        wake = Promise.withResolvers();
        asleep = Promise.withResolvers();
      },
    },
    intervalMs: 2_000,
    hasColours: false,
    stop: stop.signal,
  });
  return {
    loop,
    terminal,
    seen,
    stop,
    /** Waits until it sleeps, and lets that time pass. */
    tick: async () => {
      clock.advance(await within("top waits for its next look", asleep.promise));
      wake.resolve();
    },
  };
}

Deno.test("TopLoop.run() looks again after each interval, with two requests", async () => {
  let completed = 7;
  const { loop, terminal, tick, seen } = rig({
    "GET /health/live": () => Response.json(wireHealth({ completed_tasks: completed })),
  });
  const run = loop.run();
  await terminal.shows("done 7 (–/s)");
  deepStrictEqual(seen, []);
  completed = 11;
  await tick();
  await terminal.shows("done 11 (2.0/s)");
  deepStrictEqual(seen.map(({ method, path }) => `${method} ${path}`), [
    "GET /api/pools",
    "GET /health/live",
  ]);
  await terminal.press("q");
  await run;
});

Deno.test("TopLoop.run() writes nothing while nothing changes", async () => {
  const { loop, terminal, tick } = rig();
  const run = loop.run();
  await tick(); // what is not known at first, the rates and the number of looks, is written now
  await terminal.shows("2 LOOKS");
  const before = terminal.written.length;
  await tick();
  await terminal.shows("3 LOOKS");
  deepStrictEqual(terminal.written.slice(before).map((text) => text.split("\x1b[2K").length - 1), [
    1, // line
  ]);
  await terminal.press("q");
  await run;
});

Deno.test("TopLoop.run() shows a banner while no server answers, and goes on when one does", async () => {
  let isThere = false;
  const { loop, terminal, tick } = rig({
    "GET /api/pools": () => {
      if (isThere) return [POOL];
      throw new TypeError("Connection refused");
    },
  });
  const run = loop.run();
  await tick();
  await terminal.shows("trying again: Cannot reach Lido at http://lido");
  isThere = true;
  await tick();
  await terminal.shows("2 LOOKS");
  strictEqual(terminal.screen.includes("trying again"), false);
  await terminal.press("\x03");
  await run;
});

Deno.test("TopLoop.run() steers the selected pool, one step after the other, and looks at once", async () => {
  let size: object = {};
  const { loop, terminal, seen } = rig({
    "GET /api/pools": () => [{ ...POOL, ...size }],
    [`POST ${PATH}/pause`]: POOL,
    [`PUT ${PATH}/resize`]: ({ body }: { body: object }) => size = body,
  });
  const run = loop.run();
  await terminal.press("++-p");
  await terminal.shows("Paused pool pool-1");
  deepStrictEqual(
    seen.filter(({ method }) => method !== "GET").map(({ path, body }) => [path, body]),
    [
      [`${PATH}/resize`, { max_workers: 6 }],
      [`${PATH}/resize`, { max_workers: 7 }],
      [`${PATH}/resize`, { max_workers: 6 }],
      [`${PATH}/pause`, {}],
    ],
  );
  await terminal.shows("LOOKS"); // though no time has passed
  await terminal.press("q");
  await run;
});

Deno.test("TopLoop.run() shows no look that was begun before an action ended", async () => {
  const looks: PromiseWithResolvers<object>[] = [];
  const began = Promise.withResolvers<void>();
  const { loop, terminal, tick } = rig({
    "GET /api/pools": () => {
      const look = Promise.withResolvers<object>();
      looks.push(look);
      began.resolve();
      return look.promise;
    },
    [`PUT ${PATH}/resize`]: {},
  });
  const run = loop.run();
  await tick();
  await within("a look is begun", began.promise);
  await terminal.press("+");
  await terminal.shows("Pool pool-1 has 6 threads at the most");
  looks[0]?.resolve([{ ...POOL, name: "before" }]);
  await until("another look is begun", () => looks.length === 2);
  looks[1]?.resolve([{ ...POOL, name: "after" }]);
  await terminal.shows("after");
  strictEqual(terminal.written.join("").includes("before"), false);
  await terminal.press("q");
  await run;
});

Deno.test("TopLoop.run() stops a task once that was confirmed, and tells what the server refuses", async () => {
  const path = `/api/tasks/${POOL.workers[0]?.running[0]?.task_id}/stop`;
  const { loop, terminal, seen } = rig({
    [`PUT ${path}`]: () => failure(409, "Cannot stop task: it has ended"),
  });
  const run = loop.run();
  await terminal.press("s");
  await terminal.shows("Stop task nap");
  deepStrictEqual(seen.filter(({ method }) => method === "PUT"), []);
  await terminal.press("y");
  await terminal.shows("Cannot stop task: it has ended");
  deepStrictEqual(seen.filter(({ method }) => method === "PUT"), [{
    method: "PUT",
    path,
    body: {},
  }]);
  await terminal.press("q");
  await run;
});

Deno.test("TopLoop.run() follows a change of the terminal's size", async () => {
  const { loop, terminal } = rig();
  const run = loop.run();
  terminal.resize({ columns: 40, rows: 12 });
  await terminal.shows("q quit  ? help  Tab pools or threads  p…");
  strictEqual(terminal.screen.split("\n").length, 12);
  await terminal.press("q");
  await run;
});

Deno.test("TopLoop.run() ends when the process shall, and when nobody can type any more", async () => {
  const asked = rig();
  const run = asked.loop.run();
  asked.stop.abort();
  await run;
  const left = rig();
  const other = left.loop.run();
  await left.terminal.hangUp();
  await other;
});

Deno.test("TopLoop.run() throws what nobody foresaw, from a look and from an action", async () => {
  const look = rig({
    "GET /api/pools": () => {
      throw new RangeError("a look's own fault");
    },
  });
  const looking = rejects(look.loop.run(), /a look's own fault/);
  await look.tick();
  await looking;
  const action = rig({
    [`POST ${PATH}/pause`]: () => {
      throw new RangeError("an action's own fault");
    },
  });
  const acting = rejects(action.loop.run(), /an action's own fault/);
  await action.terminal.press("p");
  await acting;
});
