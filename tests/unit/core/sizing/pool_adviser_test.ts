import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LoadTrace } from "../../../../core/execution/load_trace.ts";
import { PoolSettings, type PoolSettingsInput } from "../../../../core/model/pool.ts";
import { PoolAdviser } from "../../../../core/sizing/pool_adviser.ts";

const MINUTE_MS = 60_000;

/** A pool with a clock of its own. */
class AdvisedPool {
  readonly trace = new LoadTrace();
  readonly adviser: PoolAdviser;
  now = 0;
  oldest: number | undefined;
  current: PoolSettings;

  constructor(settings: Partial<PoolSettingsInput> = {}) {
    this.current = PoolSettings.parse({ name: "p", maxThreads: 2, ...settings });
    this.adviser = new PoolAdviser({
      trace: this.trace,
      settings: () => this.current,
      oldestQueuedMs: () => this.oldest,
      nowMs: () => this.now,
    });
  }

  /** So many a minute come evenly until `untilMs`, and run 1 s. */
  run(aMinute: number, untilMs: number): void {
    for (; this.now < untilMs; this.now += MINUTE_MS / aMinute) this.trace.record(this.now, 1_000);
  }
}

Deno.test("PoolAdviser.advise() tells sizes about its advice, the pool's own, and one that is asked for", async () => {
  const pool = new AdvisedPool({ maxThreads: 30 });
  strictEqual(await pool.adviser.advise(), undefined);
  pool.now = 10_000; // what was asked is kept for a while
  pool.run(150, 10 * MINUTE_MS);
  const { advice, sizes } = await pool.adviser.advise() ?? {};
  strictEqual(advice?.size, 3);
  deepStrictEqual(sizes?.map(({ size }) => size), [1, 2, 3, 4, 5, 6, 7, 8, 9, 30]);
  const asked = await pool.adviser.advise(12);
  deepStrictEqual(asked?.sizes.map(({ size }) => size), [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 30]);
  deepStrictEqual(asked?.sizes[9], { size: 12, waitP95Ms: 0, utilisation: 2.5 / 12 });
});

Deno.test("PoolAdviser.advise() gives the same for 5 s, unless the settings change", async () => {
  const pool = new AdvisedPool();
  pool.run(150, 10 * MINUTE_MS);
  const first = await pool.adviser.advise();
  pool.now += 4_999;
  strictEqual(await pool.adviser.advise(), first);
  pool.current = { ...pool.current, targetWaitMs: 5 };
  const second = await pool.adviser.advise();
  strictEqual(second?.advice.targetWaitMs, 5);
  pool.now += 5_000;
  strictEqual(await pool.adviser.advise() === second, false);
});

Deno.test("PoolAdviser.adviseNow() looks back ten minutes, advise() a day", async () => {
  const pool = new AdvisedPool();
  pool.run(600, 30 * MINUTE_MS);
  pool.run(60, 41 * MINUTE_MS);
  strictEqual((await pool.adviser.adviseNow())?.size, 2);
  strictEqual((await pool.adviser.adviseNow())?.seenTasks, 600);
  strictEqual((await pool.adviser.advise())?.advice.size, 10);
  pool.now += 86_400_000;
  strictEqual((await pool.adviser.advise())?.advice.seenTasks, 20); // the last, however old
});

Deno.test("PoolAdviser.adviseNow() looks back longer when few came", async () => {
  const pool = new AdvisedPool();
  pool.run(600, 10 * MINUTE_MS);
  pool.run(6, 110 * MINUTE_MS);
  const { size, seenTasks } = await pool.adviser.adviseNow() ?? {};
  deepStrictEqual({ size, seenTasks }, { size: 1, seenTasks: 500 });
});

Deno.test("PoolAdviser does not count the time of which tasks still wait", async () => {
  const pool = new AdvisedPool();
  pool.run(150, MINUTE_MS);
  pool.oldest = pool.now; // those that came since then have not run yet
  pool.now += 60 * MINUTE_MS;
  strictEqual((await pool.adviser.adviseNow())?.arrivalRate, 2.5);
});

Deno.test("PoolAdviser.adviseNow() keeps to the autoscaler's bounds", async () => {
  const pool = new AdvisedPool({ autoscaleMaxThreads: 2 });
  pool.run(150, 10 * MINUTE_MS);
  const { size, keepsTarget } = await pool.adviser.adviseNow() ?? {};
  deepStrictEqual({ size, keepsTarget }, { size: 2, keepsTarget: false });
});

Deno.test("PoolAdviser advises on tasks that all came at one instant and took no time", async () => {
  const pool = new AdvisedPool();
  for (let task = 0; task < 50; task++) pool.trace.record(0, 0);
  const { size, arrivalRate } = await pool.adviser.adviseNow() ?? {};
  deepStrictEqual({ size, arrivalRate }, { size: 1, arrivalRate: 50_000 });
});
