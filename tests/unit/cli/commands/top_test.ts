import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { Command } from "commander";
import { UnreachedError } from "../../../../cli/client/mod.ts";
import { addTopCommand } from "../../../../cli/commands/top.ts";
import { fakeClock } from "../../../helpers/fake_clock.ts";
import { type Answers, fakeWorld, run } from "../fake_world.ts";
import { FakeTerminal } from "../top/fake_terminal.ts";
import { numberedPool, wireHealth, wireRunning, wireWorker } from "../top/top_samples.ts";

const POOL = numberedPool(1, { workers: [wireWorker(0, wireRunning())] });
const ANSWERS: Answers = {
  "GET /api/pools": [POOL],
  "GET /health/live": () => Response.json(wireHealth()),
};

/** Runs `top` with a clock that goes on by whatever is slept; `onSleep` is told of each time. */
async function top(
  args: readonly string[],
  { answers = ANSWERS, onSleep = () => {}, terminal, outlives = Infinity }: {
    readonly answers?: Answers;
    readonly onSleep?: (stop: AbortController) => void;
    readonly terminal?: FakeTerminal;
    /** Lines after which nobody reads any more. */
    readonly outlives?: number;
  } = {},
): Promise<string> {
  const { world, texts } = fakeWorld({ answers, isTerminal: terminal !== undefined });
  const stop = new AbortController();
  const clock = fakeClock();
  const sleep = (ms: number) => {
    clock.advance(ms);
    onSleep(stop);
    return Promise.resolve();
  };
  const program = new Command().exitOverride();
  let writes = 0;
  addTopCommand(program, {
    ...world,
    out: { ...world.out, write: (text) => world.out.write(text) && ++writes < outlives },
    takeStopSignal: () => stop.signal,
    takeTerminal: () => terminal,
  }, { ...clock, sleep });
  await program.parseAsync(["top", ...args], { from: "user" });
  return texts.out;
}

Deno.test("top exits 2 where there is no terminal, and nothing is asked", async () => {
  deepStrictEqual(await run(["top"], { answers: ANSWERS }), {
    code: 2,
    out: "",
    err: "Cannot show top: this is no terminal; add --once or --json\n",
    seen: [],
  });
  const { code, err } = await run(["top"], { answers: ANSWERS, isTerminal: true });
  deepStrictEqual([code, err], [
    2,
    "Cannot show top: nobody can type here; add --once or --json\n",
  ]);
});

Deno.test.each([["0"], ["0.05"], ["-1"], ["1e3"], ["soon"], ["3601"]])(
  "top exits 2 on --interval %s",
  async (interval) => {
    const { code, err } = await run(["top", "--once", `--interval=${interval}`]);
    deepStrictEqual([code, err.includes("expected seconds from 0.1 to 3600.")], [2, true]);
  },
);

Deno.test.each([["--once"], ["--json"], [""]])("top %s exits 3 without a server", async (flag) => {
  const { code, out } = await run(["top", flag].filter((arg) => arg !== ""), { isTerminal: true });
  deepStrictEqual([code, out], [3, ""]);
});

Deno.test("top exits 1 when something else than Lido answers", async () => {
  const answers = { ...ANSWERS, "GET /health/live": () => new Response("fine") };
  const { code, err } = await run(["top", "--once"], { answers });
  deepStrictEqual([code, err], [
    1,
    "Cannot use the answer of http://127.0.0.1:8000: status 200 without Lido's JSON\n",
  ]);
});

Deno.test("top --once prints one frame, with the rates between two looks", async () => {
  let completed = 7;
  const out = await top(["--once", "--interval", "2"], {
    answers: {
      ...ANSWERS,
      "GET /health/live": () => Response.json(wireHealth({ completed_tasks: completed })),
    },
    onSleep: () => void (completed = 17),
  });
  const lines = out.split("\n");
  strictEqual(lines[1], "1 pool  1/2 threads busy  pending 2  done 17 (5.0/s)  failed 0 (0/s)");
  deepStrictEqual([out.includes("> pool-1"), out.includes("\x1b")], [true, false]);
});

Deno.test("top --json prints an object for each look, also for one that failed", async () => {
  let looks = 0;
  const out = await top(["--json"], {
    answers: {
      ...ANSWERS,
      "GET /api/pools": () => {
        looks += 1;
        if (looks === 2) throw new TypeError("Connection refused");
        return [POOL];
      },
    },
    onSleep: (stop) => looks === 3 && stop.abort(),
  });
  const [first, second, third, ...others] = out.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  const { at: _, ...running } = first;
  deepStrictEqual(running, {
    url: "http://127.0.0.1:8000",
    healthy: true,
    alerts: [],
    stats: wireHealth().stats,
    completed_per_second: null,
    failed_per_second: null,
    pools: [{
      pool_id: POOL.pool_id,
      name: "pool-1",
      status: "running",
      busy_workers: 1,
      max_workers: 5,
      pending_tasks: 0,
      running_tasks: 0,
      completed_tasks: 0,
      failed_tasks: 0,
      completed_per_second: null,
      failed_per_second: null,
      wait_ms: { count: 0, p95: 0 },
      run_ms: { count: 0, p95: 0 },
    }],
    task_types: [{ task_type: "sleep", running_tasks: 1, share_of_running_tasks: 1 }],
  });
  deepStrictEqual(Object.keys(second), ["at", "url", "error"]);
  deepStrictEqual([third.completed_per_second, others], [0, []]);
});

Deno.test("top --json ends when nobody reads any more", async () => {
  strictEqual((await top(["--json"], { outlives: 2 })).split("\n").length, 3); // the last is empty
});

Deno.test("top gives the terminal back when somebody quits, and when it fails", async () => {
  const terminal = new FakeTerminal();
  const quit = top([], { terminal, onSleep: () => {} });
  await terminal.press("q");
  await quit;
  strictEqual(terminal.disposals, 1);
  const other = new FakeTerminal();
  let looks = 0;
  await rejects(
    top([], {
      terminal: other,
      answers: {
        ...ANSWERS,
        "GET /api/pools": () => {
          if (++looks > 1) throw new RangeError("a fault");
          return [POOL];
        },
      },
    }),
    /a fault/,
  );
  strictEqual(other.disposals, 1);
});

Deno.test("top takes no terminal while no server has answered", async () => {
  const terminal = new FakeTerminal();
  const answers = {
    "GET /api/pools": () => {
      throw new TypeError("Connection refused");
    },
  };
  await rejects(top([], { terminal, answers }), UnreachedError);
  deepStrictEqual([terminal.written, terminal.disposals], [[], 0]);
});
