/** The history over the server's lives: what it adds up to, and what an end of the server costs. */
import { deepStrictEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import type { LocalEngine } from "../../core/engine/local/local_engine.ts";
import { HISTORY_COUNTS, type HistoryPoint } from "../../core/model/history.ts";
import { TASK_STATES } from "../../core/model/task_state.ts";
import { HistorySampler } from "../../core/observation/history/sampler.ts";
import { EngineWorld } from "../conformance/engine_world.ts";
import { fakeClock } from "../helpers/fake_clock.ts";
import { ScriptedMeteredPool } from "../helpers/metered_pool.ts";
import { openEngine } from "../helpers/open_engine.ts";
import { PoolSettings } from "../../core/model/pool.ts";

const MINUTE = 60_000;
/** A minute begins. */
const NOW = Date.UTC(2026, 0, 2, 3, 4);

/** A pool's engine and its sampler, of which there are several lives in one folder. */
class Lives implements AsyncDisposable {
  readonly clock = fakeClock(NOW);
  readonly folder = Deno.makeTempDirSync({ prefix: "lido-history-" });
  #world: EngineWorld | undefined;
  #sampler: HistorySampler | undefined;

  get world(): EngineWorld {
    if (this.#world === undefined) throw new TypeError("Cannot use world: it has not begun");
    return this.#world;
  }

  get sampler(): HistorySampler {
    if (this.#sampler === undefined) throw new TypeError("Cannot sample: it has not begun");
    return this.#sampler;
  }

  async begin(): Promise<void> {
    const { clock } = this;
    const open = () => openEngine(this.folder, { clock });
    this.#world = this.#world === undefined
      ? await EngineWorld.open(open, { queueCapacity: 12 })
      : this.#reopen(await open());
    const { engine, poolId } = this.world;
    this.#sampler = new HistorySampler({ engine, clock });
    const seen = new ScriptedMeteredPool(poolId);
    this.sampler.watch(Object.assign(seen, { counts: () => engine.counts(poolId) }));
  }

  /** Without a last sample the server did not end by itself. */
  async end(hasLastSample: boolean): Promise<void> {
    if (hasLastSample) await this.takeLastSample();
    await this.world[Symbol.asyncDispose]();
  }

  /** As the manager does when it closes: what ended counts once it is written. */
  async takeLastSample(): Promise<void> {
    await this.world.engine.flush();
    this.sampler[Symbol.dispose]();
  }

  pass(ms: number): void {
    this.clock.advance(ms);
    this.sampler.tick();
  }

  /** All points of the pool, of all its lives. */
  async read(): Promise<readonly HistoryPoint[]> {
    const { engine, poolId } = this.world;
    const toMs = Math.ceil((this.clock.nowMs() + 1) / MINUTE) * MINUTE;
    const range = { fromMs: NOW, toMs, stepMs: MINUTE, level: 1, knownUntilMs: toMs };
    return (await engine.history.read({ ...range, poolId })).points;
  }

  /** What the pool's counters say, by the names of the history. */
  counters(): readonly number[] {
    const counts = this.world.engine.counts(this.world.poolId);
    const submitted = TASK_STATES.reduce((sum, state) => sum + counts[state], 0);
    return HISTORY_COUNTS.map((name) => name === "submitted" ? submitted : counts[name]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#world?.[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  #reopen(engine: LocalEngine): EngineWorld {
    const world = EngineWorld.around(engine, this.world.poolId);
    engine.attach(
      world.poolId,
      world.runner,
      PoolSettings.parse({ name: "a pool", queueCapacity: 12 }),
    );
    return world;
  }
}

function sumsOf(points: readonly HistoryPoint[]): readonly number[] {
  return HISTORY_COUNTS.map((name) => points.reduce((sum, { counts }) => sum + counts[name], 0));
}

Deno.test("The history of a pool adds up to its counters after random work and restarts", async () => {
  const event = fc.oneof(
    { weight: 4, arbitrary: fc.constant("submit" as const) },
    {
      weight: 5,
      arbitrary: fc.constantFrom("start", "done", "failed", "timed_out", "stopped", "requeue"),
    },
    { weight: 2, arbitrary: fc.constant("cancel" as const) },
    { weight: 2, arbitrary: fc.integer({ min: 1_000, max: 90_000 }) },
    { weight: 1, arbitrary: fc.constant("restart" as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 60 }), async (events) => {
      await using lives = new Lives();
      await lives.begin();
      for (const what of events) {
        const { engine, runner } = lives.world;
        const id = runner.waiting[0]?.taskId;
        const running = runner.given.find(({ place }) => place === "running")?.taskId;
        if (typeof what === "number") lives.pass(what);
        else if (what === "submit") await lives.world.fill(1).catch(isQueueFull);
        else if (what === "restart") {
          await lives.end(true);
          await lives.begin();
        } else if (what === "cancel") await engine.cancelPending(lives.world.poolId, "the test");
        else if (what === "start") id === undefined || runner.start(id);
        else if (what === "requeue") running === undefined || runner.requeue(running);
        else if (running !== undefined) runner.end(running, what);
      }
      await lives.takeLastSample();
      await lives.world.engine.flush();
      deepStrictEqual(sumsOf(await lives.read()), lives.counters());
    }),
    { numRuns: 8 },
  );
});

Deno.test("The death of a server costs its history the step that went on, and nothing else", async () => {
  await using lives = new Lives();
  await lives.begin();
  await lives.world.fill(3);
  lives.pass(5_000);
  const counted = lives.counters();
  await lives.world.fill(2);
  lives.clock.advance(3_000);
  await lives.end(false);
  await lives.begin();
  await lives.world.fill(1);
  lives.pass(5_000);
  await lives.world.engine.flush();
  const points = await lives.read();
  deepStrictEqual(sumsOf(points), counted.map((count, at) => at === 0 ? count + 1 : count));
  ok(points.every(({ counts }) => Object.values(counts).every((count) => count >= 0)));
});

function isQueueFull(error: Error & { code?: string }): void {
  if (error.code !== "queue_full") throw error;
}
