/**
 * The rules that every server has from the start. What health judges by itself, too, bears the name
 * that it has there. Pages know these names in their languages.
 */
import { AlertRule } from "../../model/alert.ts";

const MINUTE_MS = 60_000;

const RULES = {
  many_pools: { metric: "lido_pools", threshold: 100 },
  many_pending: {
    metric: "lido_server_tasks",
    labels: { state: "pending" },
    threshold: 1_000,
    forMs: MINUTE_MS,
  },
  much_memory: {
    metric: "process_resident_memory_bytes",
    threshold: 500 * 1024 * 1024,
    forMs: MINUTE_MS,
  },
  no_threads: {
    metric: "lido_pool_threads_missing",
    threshold: 0,
    forMs: 15_000,
    severity: "critical",
  },
  zombies: {
    metric: "lido_pool_threads",
    labels: { state: "zombie" },
    threshold: 0,
    forMs: 15_000,
    severity: "critical",
  },
  queue_filling: { metric: "lido_queue_used_ratio", threshold: 0.8, forMs: 30_000 },
  rejections: { metric: "lido_tasks_rejected_total", reading: "increase", threshold: 0 },
  run_timeouts: {
    metric: "lido_tasks_timed_out_total",
    labels: { limit: "run" },
    reading: "increase",
    threshold: 10,
  },
  queue_timeouts: {
    metric: "lido_tasks_timed_out_total",
    labels: { limit: "queue" },
    reading: "increase",
    threshold: 10,
  },
  failures: {
    metric: "lido_tasks_total",
    reading: "share",
    part: { state: "failed" },
    countMin: 10,
    threshold: 0.2,
    forMs: 30_000,
  },
  thread_deaths: { metric: "lido_thread_deaths_total", reading: "increase", threshold: 5 },
  disk_free: {
    metric: "lido_data_disk_free_bytes",
    comparator: "below",
    threshold: 1024 * 1024 * 1024,
    forMs: MINUTE_MS,
  },
  journal_lag: { metric: "lido_journal_lag_seconds", threshold: 5, forMs: 15_000 },
  journal: { metric: "lido_journal_up", comparator: "below", threshold: 1, severity: "critical" },
  damage: { metric: "lido_journal_damaged", threshold: 0, severity: "critical" },
  held_up: {
    metric: "lido_event_loop_delay_seconds",
    reading: "p99",
    countMin: 100,
    threshold: 0.5,
    windowMs: MINUTE_MS,
    forMs: 30_000,
  },
} as const;

/** The name of one of Lido's own rules. */
export type DefaultRuleName = keyof typeof RULES;

/** Lido's own rules, by their names. */
export const DEFAULT_RULES: ReadonlyMap<string, AlertRule> = new Map(
  Object.entries(RULES).map(([name, rule]) => [name, AlertRule.parse({ name, ...rule })]),
);
