import type {
  Health,
  SelfTestFinding,
  ShareWindowS,
  SystemStats,
  TaskType,
  TypeShares,
} from "../../core/mod.ts";
import { presentCounts } from "./pool.ts";
import { presentTime } from "./time.ts";

/** The totals over all pools, as the wire has them. */
export function presentStats(stats: SystemStats): Record<string, unknown> {
  return {
    total_pools: stats.pools,
    ...presentCounts(stats.counts),
    workers: stats.threads,
    busy_workers: stats.busyThreads,
    zombies: stats.zombies,
    started_at: presentTime(stats.startedAtMs),
    memory_bytes: stats.memoryBytes,
  };
}

/** Which types the threads' time went to, as the wire has it. */
export function presentTypeShares(
  windowS: ShareWindowS,
  { coveredMs, types }: TypeShares,
): Record<string, unknown> {
  return {
    window_s: windowS,
    covered_s: Math.round(coveredMs) / 1_000,
    types: types.map((one) => ({
      task_type: one.type,
      share: one.share,
      run_seconds: one.runMs / 1_000,
      done_attempts: one.done,
      failed_attempts: one.failed,
      cancelled_attempts: one.cancelled,
    })),
  };
}

/** The server's health, as the wire has it. */
export function presentHealth(health: Health): Record<string, unknown> {
  return {
    healthy: health.isHealthy,
    alerts: health.alerts.map(({ level, message }) => ({ level, message })),
    stats: presentStats(health.stats),
  };
}

/** What one self-test found, as the wire has it. */
export function presentFinding(finding: SelfTestFinding): Record<string, unknown> {
  return { name: finding.name, is_ok: finding.isOk, detail: finding.detail };
}

/** A task type as the wire has it. */
export function presentTaskType(type: TaskType): Record<string, unknown> {
  return {
    name: type.name,
    description: type.description,
    input_schema: type.inputSchema,
    output_schema: type.outputSchema,
    examples: type.examples,
    url: type.url,
    code_version: type.codeVersion,
    is_built_in: type.isBuiltIn,
  };
}
