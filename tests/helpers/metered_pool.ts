import { POOL_SHAPE } from "../../core/execution/pool_shape.ts";
import { StatsBlock } from "../../core/execution/stats_block.ts";
import type { PoolId, TaskCounts } from "../../core/model/pool.ts";
import type { MeteredPool } from "../../core/observation/history/pool_meter.ts";
import { newPoolId } from "../conformance/engine_world.ts";
import { NO_COUNTS } from "./no_counts.ts";

/** A pool as the history's meters see it, in which the test does all that happens. */
export class ScriptedMeteredPool implements MeteredPool {
  isClosed = false;
  readonly block = StatsBlock.create(POOL_SHAPE);
  readonly crew = { open: 2, busy: 0, max: 4, zombies: 0, busyMs: 0 };
  waitsMs = 0;
  #counts = NO_COUNTS;

  constructor(readonly id: PoolId = newPoolId()) {}

  counts(): TaskCounts {
    return this.#counts;
  }

  threads(): typeof this.crew {
    return this.crew;
  }

  oldestWaitMs(): number {
    return this.waitsMs;
  }

  stats(): StatsBlock {
    return this.block;
  }

  /** Changes counters by so much. */
  count(changes: Partial<TaskCounts>): void {
    const entries = Object.entries(changes).map(([name, by]) =>
      [name, this.#counts[name as keyof TaskCounts] + by] as const // a name of `changes`
    );
    this.#counts = { ...this.#counts, ...Object.fromEntries(entries) };
  }

  /** A task came and was completed. */
  complete(waitMs: number, runMs: number): void {
    this.count({ completed: 1 });
    this.block.recordWait(waitMs);
    this.block.recordRun(runMs);
    this.crew.busyMs += runMs;
  }
}
