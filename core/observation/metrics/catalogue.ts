/**
 * The metrics of a server: what each is called, what it means and where it is read from. Dashboards
 * and alert rules go by these names; what they count starts anew with the server, but for tasks by
 * their states, which the journal keeps.
 */
import type { TypeTotals } from "../../execution/type_tally.ts";
import { SLOT_STATES, submittedOf, type TaskCounts } from "../../model/pool.ts";
import { isFinal, TASK_STATES } from "../../model/task_state.ts";
import { BOUNDS_S, cumulate } from "./buckets.ts";
import type {
  HistogramFamily,
  HistogramSample,
  Labels,
  MetricFamily,
  NumberFamily,
  Sample,
} from "./family.ts";
import type { MetricFacts, PoolMetricFacts } from "./facts.ts";

const FINAL = TASK_STATES.filter(isFinal);
const LIVE = TASK_STATES.filter((state) => !isFinal(state));

/** Reads all metrics. */
export function readMetrics(facts: MetricFacts): readonly MetricFamily[] {
  return [
    ...taskFamilies(facts),
    ...poolFamilies(facts.pools),
    ...typeFamilies(facts.types),
    ...userFamilies(facts),
    ...journalFamilies(facts),
    ...logFamilies(facts),
    ...processFamilies(facts),
  ];
}

function taskFamilies({ pools, counts }: MetricFacts): readonly MetricFamily[] {
  const ofPools = (states: readonly (keyof TaskCounts)[]) =>
    pools.flatMap((pool) =>
      states.map((state) => ({ labels: { ...labelsOf(pool), state }, value: pool.counts[state] }))
    );
  const ofAll = (states: readonly (keyof TaskCounts)[]) =>
    states.map((state) => ({ labels: { state }, value: counts[state] }));
  return [
    counter("lido_tasks_total", "Tasks of a pool that ended, by their state", ofPools(FINAL)),
    gauge("lido_tasks", "Tasks of a pool that have not ended, by their state", ofPools(LIVE)),
    counter(
      "lido_tasks_submitted_total",
      "Tasks that a pool ever took",
      each(pools, (pool) => submittedOf(pool.counts)),
    ),
    counter(
      "lido_tasks_timed_out_total",
      "Tasks of a pool that failed because they ran or waited too long, by the limit that they met",
      pools.flatMap((pool) => timeouts(pool.counts, labelsOf(pool))),
    ),
    counter(
      "lido_tasks_rejected_total",
      "Submits that a pool's full queue refused",
      each(pools, (pool) => pool.counts.rejected),
    ),
    counter(
      "lido_server_tasks_total",
      "Tasks of all pools that ended, closed pools too",
      ofAll(FINAL),
    ),
    gauge("lido_server_tasks", "Tasks of all pools that have not ended", ofAll(LIVE)),
    counter("lido_server_tasks_submitted_total", "Tasks that all pools ever took", [
      one(submittedOf(counts)),
    ]),
    counter("lido_server_tasks_rejected_total", "Submits that full queues refused", [
      one(counts.rejected),
    ]),
    counter(
      "lido_server_tasks_timed_out_total",
      "Tasks that ran or waited too long, by the limit that they met",
      timeouts(counts, {}),
    ),
    spread(
      "lido_task_wait_seconds",
      "How long attempts waited in a pool until they began; those that never began are not in it",
      pools,
      "wait",
    ),
    spread(
      "lido_task_run_seconds",
      "How long attempts ran whose threads told so; those ended by force are not in it",
      pools,
      "run",
    ),
  ];
}

function timeouts({ timedOut, queueTimedOut }: TaskCounts, labels: Labels): readonly Sample[] {
  return [
    { labels: { ...labels, limit: "run" }, value: timedOut - queueTimedOut },
    { labels: { ...labels, limit: "queue" }, value: queueTimedOut },
  ];
}

function poolFamilies(pools: readonly PoolMetricFacts[]): readonly MetricFamily[] {
  return [
    gauge(
      "lido_pool_info",
      "An open pool, its isolation and its state",
      pools.map((pool) => ({
        labels: { ...labelsOf(pool), isolation: pool.settings.isolation, state: pool.state },
        value: 1,
      })),
    ),
    gauge(
      "lido_queue_capacity_tasks",
      "Tasks that may wait in a pool",
      each(pools, (pool) => pool.settings.queueCapacity),
    ),
    gauge(
      "lido_queue_used_ratio",
      "How much of a pool's queue is taken, from 0 to 1",
      each(pools, ({ counts, settings }) => counts.pending / settings.queueCapacity),
    ),
    gauge(
      "lido_queue_oldest_seconds",
      "How long the oldest task that waits in memory has waited",
      each(pools, (pool) => pool.oldestWaitMs / 1_000),
    ),
    gauge(
      "lido_pool_threads",
      "Threads of a pool, by their state",
      pools.flatMap((pool) =>
        SLOT_STATES.map((state) => ({
          labels: { ...labelsOf(pool), state },
          value: pool.threads[state],
        }))
      ),
    ),
    gauge(
      "lido_pool_threads_max",
      "Threads that a pool may have",
      each(pools, (pool) => pool.settings.maxThreads),
    ),
    gauge(
      "lido_pool_threads_missing",
      "1 while a pool cannot start a thread that it wants",
      each(pools, (pool) => Number(pool.isShortOfThreads)),
    ),
    counter(
      "lido_pool_busy_seconds_total",
      "Thread time in which there was something to do",
      each(pools, (pool) => pool.busyMs / 1_000),
    ),
    gauge(
      "lido_pool_memory_bytes",
      "Memory of a pool's threads: resident in isolation process, heap in isolation thread",
      each(pools, (pool) => pool.memoryBytes),
    ),
    counter(
      "lido_thread_deaths_total",
      "Threads that died before anybody had ended them",
      each(pools, (pool) => pool.deaths),
    ),
  ];
}

function typeFamilies(types: ReadonlyMap<string, TypeTotals>): readonly MetricFamily[] {
  const outcomes = ["done", "failed", "cancelled"] as const;
  return [
    counter(
      "lido_task_type_attempts_total",
      "Attempts of a task type that ended, by what they came to",
      [...types].flatMap(([task_type, totals]) =>
        outcomes.map((outcome) => ({ labels: { task_type, outcome }, value: totals[outcome] }))
      ),
    ),
    counter(
      "lido_task_type_run_seconds_total",
      "Thread time of the attempts of a task type that ended",
      [...types].map(([task_type, { runMs }]) => ({ labels: { task_type }, value: runMs / 1_000 })),
    ),
  ];
}

function userFamilies(
  { userMetrics, droppedUserMetrics }: MetricFacts,
): readonly MetricFamily[] {
  const samples = (areCounters: boolean) =>
    userMetrics.filter(({ isCounter }) => isCounter === areCounters)
      .map(({ type, name, value }) => ({ labels: { task_type: type, name }, value }));
  return [
    counter("lido_user_metric_total", "What task code counts by ctx.metric", samples(true)),
    gauge(
      "lido_user_metric",
      "What task code measures by ctx.metric; the last told",
      samples(false),
    ),
    counter("lido_user_metrics_dropped_total", "Numbers of task code that had too many names", [
      one(droppedUserMetrics),
    ]),
  ];
}

function journalFamilies({ load, isWritable, isDamaged }: MetricFacts): readonly MetricFamily[] {
  return [
    gauge("lido_journal_up", "1 while the journal takes writes", [one(Number(isWritable))]),
    gauge("lido_journal_damaged", "1 once a read found the journal damaged", [
      one(Number(isDamaged)),
    ]),
    counter("lido_journal_groups_total", "Groups of changes in the journal", [
      one(load.writtenGroups),
    ]),
    gauge("lido_journal_hidden_groups", "Groups that lists do not show yet", [
      one(load.hiddenGroups),
    ]),
    gauge("lido_journal_unwritten_tasks", "Submitted tasks that are not written yet", [
      one(load.unwrittenTasks),
    ]),
    gauge("lido_journal_unwritten_characters", "Characters of their inputs", [
      one(load.unwrittenChars),
    ]),
    gauge("lido_journal_lag_seconds", "How long the write that goes on has taken", [
      one(load.lagMs / 1_000),
    ]),
    counter("lido_journal_write_failures_total", "Writes that the disk refused", [
      one(load.failures),
    ]),
  ];
}

function logFamilies({ log }: MetricFacts): readonly MetricFamily[] {
  return [
    counter(
      "lido_log_lines_total",
      "Lines of the server's log that were written, by their level",
      Object.entries(log.written).map(([level, value]) => ({ labels: { level }, value })),
    ),
    counter("lido_log_lines_lost_total", "Lines of the server's log that could not be written", [
      one(log.lost),
    ]),
  ];
}

function processFamilies(facts: MetricFacts): readonly MetricFamily[] {
  const { process: { startedAtMs, cpuMs, memory, diskFreeBytes, delays } } = facts;
  return [
    gauge("lido_info", "This server", [{ labels: { version: facts.version }, value: 1 }]),
    gauge("lido_pools", "Open pools, those without series of their own included", [
      one(facts.openPools),
    ]),
    counter(
      "lido_alert_notices_dropped_total",
      "What a channel was not told of alerts, for it took nothing for too long",
      [
        one(facts.droppedNotices),
      ],
    ),
    gauge("lido_event_followers", "Clients that follow events", [one(facts.followers)]),
    gauge("process_start_time_seconds", "When the server started, since 1970", [
      one(startedAtMs / 1_000),
    ]),
    counter("process_cpu_seconds_total", "Processor time of the server, without child processes", [
      one(cpuMs / 1_000),
    ]),
    gauge("process_resident_memory_bytes", "Memory of the server, without child processes", [
      one(memory.rss),
    ]),
    gauge("lido_heap_bytes", "Heap of the server's own thread", [
      { labels: { kind: "used" }, value: memory.heapUsed },
      { labels: { kind: "total" }, value: memory.heapTotal },
    ]),
    gauge(
      "lido_data_disk_free_bytes",
      "Room on the disk of the data folder",
      diskFreeBytes === undefined ? [] : [one(diskFreeBytes)],
    ),
    {
      kind: "histogram",
      name: "lido_event_loop_delay_seconds",
      help: "How late timers of the server's own thread were, looked at ten times a second",
      bounds: BOUNDS_S,
      samples: [{ labels: {}, ...cumulate(delays) }],
    },
  ];
}

function labelsOf({ id, settings }: PoolMetricFacts): Labels {
  return { pool_id: id, pool: settings.name };
}

function each(
  pools: readonly PoolMetricFacts[],
  read: (pool: PoolMetricFacts) => number,
): readonly Sample[] {
  return pools.map((pool) => ({ labels: labelsOf(pool), value: read(pool) }));
}

function spread(
  name: string,
  help: string,
  pools: readonly PoolMetricFacts[],
  which: "wait" | "run",
): HistogramFamily {
  let samples: readonly HistogramSample[] | undefined;
  return {
    kind: "histogram",
    name,
    help,
    bounds: BOUNDS_S,
    // Read when somebody looks: it costs more than all else of a pool, and rules seldom do.
    get samples() {
      return samples ??= pools.flatMap((pool) =>
        pool.stats === undefined
          ? []
          : [{ labels: labelsOf(pool), ...cumulate(pool.stats.loadCounts(which)) }]
      );
    },
  };
}

function one(value: number): Sample {
  return { labels: {}, value };
}

function counter(name: string, help: string, samples: readonly Sample[]): NumberFamily {
  return { kind: "counter", name, help, samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): NumberFamily {
  return { kind: "gauge", name, help, samples };
}
