/** What one look tells, for programs. */
import type { View } from "./look.ts";

/** The object that `top --json` prints for a look. */
export function tickOf(url: string, { look, rates, pools, types }: View): object {
  return {
    at: new Date(look.atMs).toISOString(),
    url,
    healthy: look.health.healthy,
    alerts: look.health.alerts,
    stats: look.health.stats,
    completed_per_second: rates.completed,
    failed_per_second: rates.failed,
    pools: pools.map(({ pool, busy, rates }) => ({
      pool_id: pool.pool_id,
      name: pool.name,
      status: pool.status,
      busy_workers: busy,
      max_workers: pool.max_workers,
      pending_tasks: pool.pending_tasks,
      running_tasks: pool.running_tasks,
      completed_tasks: pool.completed_tasks,
      failed_tasks: pool.failed_tasks,
      completed_per_second: rates.completed,
      failed_per_second: rates.failed,
      wait_ms: pool.wait_ms,
      run_ms: pool.run_ms,
    })),
    task_types: types.map(({ name, running, share }) => ({
      task_type: name,
      running_tasks: running,
      share_of_running_tasks: share,
    })),
  };
}
