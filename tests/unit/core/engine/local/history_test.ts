import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { HistoryRead } from "../../../../../core/engine/engine.ts";
import { Histories } from "../../../../../core/engine/local/history.ts";
import { POOL_ID } from "../../../../helpers/tasks_of_pool.ts";

const RANGE = { fromMs: 0, toMs: 60_000, stepMs: 5_000, level: 0, knownUntilMs: 60_000 };

/** Histories over a reader that counts its reads, and fails where it is told to. */
function makeHistories() {
  const asked: number[] = [];
  const world = { failure: undefined as Error | undefined };
  const histories = new Histories({
    shelf: { numberOf: () => 7 },
    reader: {
      history: ({ pool }): Promise<HistoryRead> => {
        asked.push(pool);
        if (world.failure !== undefined) return Promise.reject(world.failure);
        return Promise.resolve({ points: [], markers: [] });
      },
    },
  });
  return { histories, asked, world };
}

Deno.test("Histories reads what was asked before once, until there is more", async () => {
  const { histories, asked } = makeHistories();
  const [one, other] = await Promise.all([histories.read(RANGE), histories.read(RANGE)]);
  strictEqual(one, other);
  await histories.read({ ...RANGE, poolId: POOL_ID });
  await histories.read({ ...RANGE, knownUntilMs: 65_000 });
  await histories.read({ ...RANGE, stepMs: 10_000 });
  deepStrictEqual(asked, [0, 7, 0, 0]);
  histories.clear();
  await histories.read(RANGE);
  strictEqual(asked.length, 5);
});

Deno.test("Histories keeps no read that failed", async () => {
  const { histories, asked, world } = makeHistories();
  world.failure = new Error("the reader ended");
  await rejects(histories.read(RANGE), /the reader ended/);
  world.failure = undefined;
  await histories.read(RANGE);
  strictEqual(asked.length, 2);
});

Deno.test("Histories keeps a few, and lets the oldest go first", async () => {
  const { histories, asked } = makeHistories();
  for (let at = 0; at < 9; at++) await histories.read({ ...RANGE, fromMs: at });
  await histories.read({ ...RANGE, fromMs: 8 });
  strictEqual(asked.length, 9);
  await histories.read({ ...RANGE, fromMs: 0 });
  strictEqual(asked.length, 10);
});
