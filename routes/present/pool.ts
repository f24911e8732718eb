import {
  differencesOf,
  type PoolSnapshot,
  type ResizeInfo,
  type SettingsVersion,
  type SlotSnapshot,
} from "../../core/mod.ts";
import { POOL_FIELDS } from "../api/bodies.ts";
import { toWire } from "../api/wire.ts";
import { presentTime } from "./time.ts";

/** A pool as the wire has it. */
export function presentPool(pool: PoolSnapshot): Record<string, unknown> {
  const { name, maxThreads, minThreads, isolation, ...otherSettings } = pool.settings;
  return {
    pool_id: pool.id,
    name,
    status: pool.state,
    max_workers: maxThreads,
    min_workers: minThreads,
    isolation,
    settings_version: pool.settingsVersion,
    ...presentCounts(pool.counts),
    created_at: presentTime(pool.createdAtMs),
    oldest_wait_ms: pool.oldestWaitMs,
    wait_ms: pool.wait,
    run_ms: pool.run,
    zombies: pool.zombies,
    start_problem: pool.startProblem,
    ...toWire(otherSettings, POOL_FIELDS),
    workers: pool.slots.map(presentSlot),
  };
}

/** Task counts as pools and totals show them; active are those that wait for a thread or run. */
export function presentCounts(counts: PoolSnapshot["counts"]): Record<string, number> {
  const { blocked, scheduled, pending, running, completed, failed, cancelled } = counts;
  return {
    total_tasks: blocked + scheduled + pending + running + completed + failed + cancelled,
    active_tasks: pending + running,
    pending_tasks: pending,
    running_tasks: running,
    completed_tasks: completed,
    failed_tasks: failed,
    cancelled_tasks: cancelled,
    timed_out_tasks: counts.timedOut,
    queue_timed_out_tasks: counts.queueTimedOut,
    rejected_tasks: counts.rejected,
  };
}

/** A pool's settings as they once were set, as the wire has them; beside the version before. */
export function presentSettingsVersion(
  one: SettingsVersion,
  before: SettingsVersion | undefined,
): Record<string, unknown> {
  const differences = before === undefined ? [] : differencesOf(before.settings, one.settings);
  return {
    version: one.version,
    at: presentTime(one.atMs),
    author: one.author,
    reason: one.reason,
    changes: differences.map(({ setting, before, after }) => ({
      setting: POOL_FIELDS.toWire.get(setting) ?? setting,
      before,
      after,
    })),
    settings: toWire(one.settings, POOL_FIELDS),
  };
}

function presentSlot(slot: SlotSnapshot): Record<string, unknown> {
  return {
    index: slot.index,
    state: slot.state,
    running: slot.running.map(({ taskId, name, typeName, runMs, progress }) => ({
      task_id: taskId,
      name,
      task_type: typeName,
      run_ms: runMs,
      progress,
    })),
    done: slot.done,
    failed: slot.failed,
    heartbeat_age_ms: slot.heartbeatAgeMs,
    memory_bytes: slot.memoryBytes,
    busy_ms: slot.busyMs,
    pid: slot.pid,
  };
}

/** What to know before a resize, as the wire has it. */
export function presentResizeInfo(info: ResizeInfo): Record<string, unknown> {
  return {
    pool_id: info.id,
    name: info.name,
    status: info.state,
    current_max_workers: info.maxThreads,
    current_min_workers: info.minThreads,
    active_tasks: info.activeTasks,
    can_resize: info.canResize,
    suggested_max_workers: info.suggestedMaxThreads,
    reason: info.reason,
    advice: info.advice && {
      size: info.advice.size,
      reason: info.advice.reason,
      keeps_target: info.advice.keepsTarget,
      target_wait_ms: info.advice.targetWaitMs,
      arrival_rate: info.advice.arrivalRate,
      mean_run_ms: info.advice.meanRunMs,
      utilisation: info.advice.utilisation,
      seen_tasks: info.advice.seenTasks,
      seen_ms: info.advice.seenMs,
      sizes: info.sizes.map(({ size, waitP95Ms, utilisation }) => ({
        size,
        wait_p95_ms: waitP95Ms,
        utilisation,
      })),
    },
    autoscale: info.autoscale,
    autoscale_suggestion: info.autoscaleSuggestion,
  };
}

/** What a resize did: sizes before and after, and that no task was moved. */
export function presentResize(
  before: { readonly minThreads: number; readonly maxThreads: number },
  pool: PoolSnapshot,
): Record<string, unknown> {
  return {
    pool_id: pool.id,
    status: pool.state,
    old_max_workers: before.maxThreads,
    new_max_workers: pool.settings.maxThreads,
    old_min_workers: before.minThreads,
    new_min_workers: pool.settings.minThreads,
    active_tasks: pool.counts.pending + pool.counts.running,
  };
}
