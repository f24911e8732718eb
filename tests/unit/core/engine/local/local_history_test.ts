import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { HistoryRead } from "../../../../../core/engine/archives.ts";
import { LocalHistory } from "../../../../../core/engine/local/local_history.ts";
import { POOL_ID } from "../../../../helpers/tasks_of_pool.ts";

const RANGE = { fromMs: 0, toMs: 60_000, stepMs: 5_000, level: 0, knownUntilMs: 60_000 };

/** A history over a reader that counts its reads, and fails where it is told to. */
function makeHistory() {
  const asked: number[] = [];
  const world = { failure: undefined as Error | undefined };
  const history = new LocalHistory({
    journal: { note: () => {}, flush: () => Promise.resolve() },
    shelf: { numberOf: () => 7 },
    reader: {
      history: ({ pool }): Promise<HistoryRead> => {
        asked.push(pool);
        if (world.failure !== undefined) return Promise.reject(world.failure);
        return Promise.resolve({ points: [], markers: [] });
      },
    },
  });
  return { history, asked, world };
}

Deno.test("LocalHistory reads what was asked before once, until there is more", async () => {
  const { history, asked } = makeHistory();
  const [one, other] = await Promise.all([history.read(RANGE), history.read(RANGE)]);
  strictEqual(one, other);
  await history.read({ ...RANGE, poolId: POOL_ID });
  await history.read({ ...RANGE, knownUntilMs: 65_000 });
  await history.read({ ...RANGE, stepMs: 10_000 });
  deepStrictEqual(asked, [0, 7, 0, 0]);
  history.clear();
  await history.read(RANGE);
  strictEqual(asked.length, 5);
});

Deno.test("LocalHistory keeps no read that failed", async () => {
  const { history, asked, world } = makeHistory();
  world.failure = new Error("the reader ended");
  await rejects(history.read(RANGE), /the reader ended/);
  world.failure = undefined;
  await history.read(RANGE);
  strictEqual(asked.length, 2);
});

Deno.test("LocalHistory keeps a few, and lets the oldest go first", async () => {
  const { history, asked } = makeHistory();
  for (let at = 0; at < 9; at++) await history.read({ ...RANGE, fromMs: at });
  await history.read({ ...RANGE, fromMs: 8 });
  strictEqual(asked.length, 9);
  await history.read({ ...RANGE, fromMs: 0 });
  strictEqual(asked.length, 10);
});
