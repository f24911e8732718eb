import type { Look } from "../../../../cli/top/look.ts";
import { firstState, settle, type TopState } from "../../../../cli/top/state.ts";
import type { WireHealth, WirePool, WireRunning, WireWorker } from "../../../../cli/client/mod.ts";
import type { TerminalSize } from "../../../../cli/world.ts";
import { TASK_ID, wirePool } from "../wire_samples.ts";

/** When the samples' looks are taken. */
export const NOW_MS = Date.parse("2026-01-02T03:04:05Z");
/** The smallest terminal that `top` is made for. */
export const SIZE: TerminalSize = { columns: 80, rows: 24 };

/** A running task as a pool's thread has it. */
export function wireRunning(changes: Partial<WireRunning> = {}): WireRunning {
  return {
    task_id: TASK_ID,
    name: "nap",
    task_type: "sleep",
    run_ms: 1_500,
    progress: { done: 1, total: 4 },
    ...changes,
  };
}

/** A thread with what it runs. */
export function wireWorker(index: number, ...running: readonly WireRunning[]): WireWorker {
  return {
    index,
    state: running.length === 0 ? "idle" : "busy",
    running,
    done: 3,
    failed: 1,
    memory_bytes: 64 * 2 ** 20,
    pid: 4_000 + index,
  };
}

/** A pool of that number, named for it. */
export function numberedPool(number: number, changes: Partial<WirePool> = {}): WirePool {
  return wirePool({
    pool_id: `01979a3e-0000-7000-8000-${String(number).padStart(12, "0")}`,
    name: `pool-${number}`,
    pending_tasks: 0,
    running_tasks: 0,
    completed_tasks: 0,
    ...changes,
  });
}

/** A server that is well. */
export function wireHealth(stats: Partial<WireHealth["stats"]> = {}): WireHealth {
  return {
    healthy: true,
    alerts: [],
    stats: {
      total_pools: 1,
      pending_tasks: 2,
      running_tasks: 1,
      completed_tasks: 7,
      failed_tasks: 0,
      workers: 2,
      busy_workers: 1,
      zombies: 0,
      started_at: "2026-01-02T02:04:05Z",
      memory_bytes: 100 * 2 ** 20,
      ...stats,
    },
  };
}

/** A look at these pools. */
export function lookAt(pools: readonly WirePool[], changes: Partial<Look> = {}): Look {
  return { atMs: NOW_MS, monotonicMs: 0, pools, health: wireHealth(), ...changes };
}

/** What is shown of these pools. */
export function stateOf(pools: readonly WirePool[], size = SIZE): TopState {
  return settle(firstState("http://127.0.0.1:8000", lookAt(pools)), size);
}
