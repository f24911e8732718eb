import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type Change, PRUNE_STEP } from "../../../../../core/engine/local/journal/group.ts";
import type { Journal } from "../../../../../core/engine/local/journal/journal.ts";
import { Queue } from "../../../../../core/engine/local/queue.ts";
import { Retention } from "../../../../../core/engine/local/retention.ts";
import type { QueuePolicy } from "../../../../../core/engine/engine.ts";
import { LidoError } from "../../../../../core/model/errors.ts";
import { PoolSettings } from "../../../../../core/model/pool.ts";
import { fakeClock } from "../../../../helpers/fake_clock.ts";
import { ScriptedRunner } from "../../../../helpers/scripted_runner.ts";
import { POOL_ID } from "../../../../helpers/tasks_of_pool.ts";

type OwnRules = Partial<Pick<QueuePolicy, "keepFinishedTasks" | "keepFinishedMs">>;

/** Retention of a journal that keeps what it is told; a second is over when the test says so. */
function makeRetention(
  { ms = null, pools = [] }: { ms?: number | null; pools?: readonly OwnRules[] } = {},
) {
  const noted: Change[] = [];
  const journal = {
    failure: undefined as LidoError | undefined,
    load: { hiddenGroups: 0 },
    note: (change: Change) => void noted.push(change),
  };
  const queues = pools.map((own, index) => {
    const policy = PoolSettings.parse({ name: "a pool", ...own });
    return new Queue(POOL_ID, index + 1, new ScriptedRunner(), policy);
  });
  const seconds: (() => void)[] = [];
  const { setInterval } = globalThis;
  globalThis.setInterval = ((tell: () => void, everyMs: number) => {
    strictEqual(everyMs, 1_000);
    seconds.push(tell);
    return setInterval(() => {}, everyMs);
  }) as typeof setInterval;
  try {
    const retention = new Retention({
      journal: journal as unknown as Journal, // what retention asks of it
      clock: fakeClock(50_000),
      keep: { tasks: 9, ms },
      queues: () => queues,
    });
    const end = (tasks: number) => {
      for (let at = 0; at < tasks; at++) retention.ended();
    };
    /** The first look is at what an earlier life left: it found nothing. */
    const settle = () => {
      seconds[0]?.();
      retention.written(0);
      noted.length = 0;
    };
    return { retention, journal, noted, end, settle, second: () => seconds[0]?.() };
  } finally {
    globalThis.setInterval = setInterval;
  }
}

const STEP = { kind: "prune", nowMs: 50_000, rules: { keepTasks: 9, keepMs: null, pools: [] } };

Deno.test("Retention looks a second after the start: an earlier life may have kept more", () => {
  const { retention, noted, second } = makeRetention();
  using _ = retention;
  deepStrictEqual(noted, []);
  second();
  deepStrictEqual(noted, [STEP]);
  retention.written(0);
  second();
  deepStrictEqual(noted, [STEP]);
});

Deno.test("Retention looks within a second of a task's end", () => {
  const { retention, noted, end, settle, second } = makeRetention();
  using _ = retention;
  settle();
  end(1);
  retention.written(0);
  deepStrictEqual(noted, []);
  second();
  deepStrictEqual(noted, [STEP]);
});

Deno.test("Retention asks for one step at a time", () => {
  const { retention, noted, end, settle, second } = makeRetention();
  using _ = retention;
  settle();
  end(300);
  second();
  end(300);
  second();
  strictEqual(noted.length, 1);
  retention.written(1);
  second();
  strictEqual(noted.length, 2);
});

Deno.test("Retention goes on at once while steps are full, whether more tasks end or not", () => {
  const { retention, noted, end, settle, second } = makeRetention();
  using _ = retention;
  settle();
  end(1);
  second();
  for (const pruned of [PRUNE_STEP, PRUNE_STEP, PRUNE_STEP - 1]) retention.written(pruned);
  strictEqual(noted.length, 3);
  second();
  strictEqual(noted.length, 4);
  retention.written(0);
  second();
  strictEqual(noted.length, 4);
});

Deno.test("Retention looks each second where age counts, on a quiet server, too", () => {
  for (const rules of [{ ms: 10 }, { pools: [{ keepFinishedMs: 1_000 }] }]) {
    const { retention, noted, settle, second } = makeRetention(rules);
    using _ = retention;
    settle();
    for (let at = 1; at <= 3; at++) {
      second();
      strictEqual(noted.length, at);
      retention.written(0);
    }
  }
});

Deno.test("Retention looks again when other rules hold", () => {
  const { retention, noted, settle, second } = makeRetention();
  using _ = retention;
  settle();
  retention.rulesChanged();
  second();
  deepStrictEqual(noted, [STEP]);
});

Deno.test("Retention asks nothing of a disk that refuses", () => {
  const { retention, journal, noted, end, second } = makeRetention();
  using _ = retention;
  journal.failure = new LidoError("journal_unavailable", "full");
  end(300);
  second();
  retention.written(0);
  deepStrictEqual(noted, []);
  journal.failure = undefined;
  second();
  deepStrictEqual(noted, [STEP]);
});

Deno.test("Retention puts a step off while the tables are behind, but not for ever", () => {
  const { retention, journal, noted, end, settle, second } = makeRetention();
  using _ = retention;
  settle();
  end(1);
  journal.load.hiddenGroups = 3;
  for (let at = 0; at < 10; at++) second();
  deepStrictEqual(noted, []);
  second();
  deepStrictEqual(noted, [STEP]);
  retention.written(1);
  second();
  strictEqual(noted.length, 1);
  journal.load.hiddenGroups = 0;
  second();
  strictEqual(noted.length, 2);
});

Deno.test("Retention tells the rules of pools that have their own", () => {
  const { retention, noted, second } = makeRetention({
    ms: 77,
    pools: [{}, { keepFinishedTasks: 5 }, { keepFinishedMs: 2_000 }],
  });
  using _ = retention;
  second();
  deepStrictEqual(noted, [{
    kind: "prune",
    nowMs: 50_000,
    rules: {
      keepTasks: 9,
      keepMs: 77,
      pools: [
        { number: 2, keepTasks: 5, keepMs: null },
        { number: 3, keepTasks: null, keepMs: 2_000 },
      ],
    },
  }]);
});

Deno.test("Retention gives each pool with rules of its own its turn, a hundred in a step", () => {
  const pools = Array.from({ length: 250 }, () => ({ keepFinishedTasks: 1 }));
  const { retention, noted, end, second } = makeRetention({ pools });
  using _ = retention;
  const turns = () =>
    noted.map((change) =>
      change.kind === "prune" ? [change.rules.pools.length, change.rules.pools[0]?.number] : []
    );
  for (let at = 0; at < 4; at++) {
    second();
    retention.written(0);
  }
  // One round, and then nothing: no task ended.
  deepStrictEqual(turns(), [[100, 1], [100, 101], [50, 201]]);
  end(1);
  second();
  deepStrictEqual(turns().at(-1), [100, 1]);
});
