/** What each of Lido's own rules is about. */
import type { Labels, MetricFamily } from "../../core/mod.ts";
import { BOUNDS_S, cumulate } from "../../core/observation/metrics/buckets.ts";
import { bucketOf, BUCKETS } from "../../core/execution/histogram.ts";
import { counterOf, gaugeOf } from "./memory_alerts.ts";

const POOL = { pool_id: "p1", pool: "mine" };
/** A pool that is in use: of others nothing is told. */
export const IN_USE = gaugeOf("lido_tasks", 1, { ...POOL, state: "running" });

/** Metrics as they are when all is well and when it is not, and what is said of them. */
export interface RuleCase {
  readonly well: readonly MetricFamily[];
  readonly ill: readonly MetricFamily[];
  readonly value: number;
  readonly text: string;
}

function gauge(
  name: string,
  well: number,
  ill: number,
  text: string,
  labels: Labels = {},
): RuleCase {
  return {
    well: [gaugeOf(name, well, labels)],
    ill: [gaugeOf(name, ill, labels)],
    value: ill,
    text,
  };
}

function counter(name: string, by: number, text: string, more: Labels = {}): RuleCase {
  const labels = { ...POOL, ...more };
  return {
    well: [counterOf(name, 7, labels)],
    ill: [counterOf(name, 7 + by, labels)],
    value: by,
    text,
  };
}

function ended(completed: number, failed: number): readonly MetricFamily[] {
  const samples = Object.entries({ completed, failed, cancelled: 0 })
    .map(([state, value]) => ({ labels: { ...POOL, state }, value }));
  return [{ kind: "counter", name: "lido_tasks_total", help: "", samples }];
}

/** Timers of which some were late. */
function delays(count: number, lateUs: number): readonly MetricFamily[] {
  const counts = new Uint32Array(BUCKETS);
  counts[bucketOf(500)] = 1_000;
  counts[bucketOf(lateUs)] = (counts[bucketOf(lateUs)] ?? 0) + count;
  const samples = [{ labels: {}, ...cumulate(counts) }];
  const name = "lido_event_loop_delay_seconds";
  return [{ kind: "histogram", name, help: "", bounds: BOUNDS_S, samples }];
}

/** A fault for each of Lido's own rules, by its name. */
export const RULE_CASES: Readonly<Record<string, RuleCase>> = {
  many_pools: gauge("lido_pools", 100, 101, "101 pools are open; close those not in use"),
  many_pending: gauge("lido_server_tasks", 1_000, 1_001, "1001 tasks wait on the server", {
    state: "pending",
  }),
  much_memory: gauge(
    "process_resident_memory_bytes",
    500 * 1024 * 1024,
    600 * 1024 * 1024,
    "The server uses 600 MiB of memory",
  ),
  no_threads: gauge(
    "lido_pool_threads_missing",
    0,
    1,
    "Pool mine cannot start the threads that it wants",
    POOL,
  ),
  zombies: gauge("lido_pool_threads", 0, 2, "Pool mine has threads whose code cannot be ended: 2", {
    ...POOL,
    state: "zombie",
  }),
  queue_filling: gauge(
    "lido_queue_used_ratio",
    0.8,
    0.81,
    "The queue of pool mine is 81 % full; add threads",
    POOL,
  ),
  rejections: counter(
    "lido_tasks_rejected_total",
    3,
    "The full queue of pool mine refused 3 submits within 5 minutes",
  ),
  run_timeouts: counter(
    "lido_tasks_timed_out_total",
    11,
    "11 tasks of pool mine ran too long within 5 minutes",
    { limit: "run" },
  ),
  queue_timeouts: counter(
    "lido_tasks_timed_out_total",
    12,
    "12 tasks of pool mine waited too long within 5 minutes; add threads",
    { limit: "queue" },
  ),
  failures: {
    well: ended(100, 0),
    ill: ended(107, 3),
    value: 0.3,
    text: "30 % of the tasks of pool mine that ended within 5 minutes failed",
  },
  thread_deaths: counter(
    "lido_thread_deaths_total",
    6,
    "6 threads of pool mine died within 5 minutes",
  ),
  disk_free: gauge(
    "lido_data_disk_free_bytes",
    1024 ** 3,
    512 * 1024 * 1024,
    "Only 512 MiB are free on the disk of the data folder",
  ),
  journal_lag: gauge(
    "lido_journal_lag_seconds",
    5,
    6.5,
    "A write to the journal has taken 6.5 s so far",
  ),
  journal: gauge("lido_journal_up", 1, 0, "The journal takes no writes: submits are refused"),
  damage: gauge(
    "lido_journal_damaged",
    0,
    1,
    "A read found the journal damaged, as the log tells",
  ),
  held_up: {
    well: delays(0, 500),
    ill: delays(100, 1_000_000),
    value: 1.04333312,
    text: "The server's own thread is held up: 1 of 100 timers is 1.043 s late or more",
  },
};
