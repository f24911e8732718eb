/** What the API's JSON holds, as far as the commands look at it; `docs/api.md` has the whole. */

/** A pool, as the API sends it. */
export interface WirePool {
  readonly pool_id: string;
  readonly name: string;
  readonly status: string;
  readonly isolation: string;
  readonly max_workers: number;
  readonly min_workers: number;
  readonly pending_tasks: number;
  readonly running_tasks: number;
  readonly completed_tasks: number;
  readonly failed_tasks: number;
  readonly cancelled_tasks: number;
  readonly oldest_wait_ms: number | null;
  readonly wait_ms: WirePercentiles;
  readonly run_ms: WirePercentiles;
  readonly zombies: number;
  readonly start_problem: string | null;
  readonly workers: readonly WireWorker[];
  readonly [setting: string]: unknown;
}

/** Milliseconds since a pool was opened. */
export interface WirePercentiles {
  readonly count: number;
  readonly p95: number;
}

/** A slot of a pool. */
export interface WireWorker {
  readonly index: number;
  readonly state: string;
  readonly running: readonly WireRunning[];
  readonly done: number;
  readonly failed: number;
  readonly memory_bytes: number;
  readonly pid: number | null;
}

/** What a thread runs now. */
export interface WireRunning {
  readonly task_id: string;
  readonly name: string;
  readonly task_type: string;
  readonly run_ms: number;
  readonly progress: { readonly done: number; readonly total: number } | null;
}

/** A task, as the API sends it. */
export interface WireTask<Result = unknown> {
  readonly task_id: string;
  readonly name: string;
  readonly pool_id: string;
  readonly status: string;
  readonly task_type: string;
  readonly submit_time: string;
  readonly start_time: string | null;
  readonly end_time: string | null;
  /** Seconds. */
  readonly running_time: number | null;
  /** Null until it has completed. */
  readonly result: Result | null;
  readonly exception: string | null;
  readonly cancel_cause: string | null;
  readonly progress: {
    readonly done: number;
    readonly total: number;
    readonly note: string | null;
  } | null;
  readonly priority: number;
  readonly attempt: number;
  readonly input: unknown;
  readonly why_waiting: string | null;
  readonly tags: readonly string[];
  readonly run_timeout_ms: number | null;
  readonly [field: string]: unknown;
}

/** A registered task type. */
export interface WireTaskType {
  readonly name: string;
  readonly description: string;
  readonly input_schema: Readonly<Record<string, unknown>>;
  readonly examples: readonly unknown[];
  readonly [field: string]: unknown;
}

/** A task file that could not be loaded. */
export interface WireBrokenFile {
  readonly url: string;
  readonly reason: string;
}

/** One thing done to many tasks; of a dry run only `action`, `total` and whether that is exact. */
export interface WireBulk {
  readonly operation_id?: string;
  readonly action: string;
  readonly status?: string;
  readonly done?: number;
  readonly total: number;
  readonly total_is_exact?: boolean;
  readonly succeeded?: number;
  readonly skipped?: number;
  readonly failed?: number;
  readonly results?: readonly {
    readonly task_id: string;
    readonly is_ok: boolean;
    readonly text: string;
  }[];
}

/** What to know before a pool is resized. */
export interface WireResizeInfo {
  readonly pool_id: string;
  readonly name: string;
  readonly current_max_workers: number;
  readonly suggested_max_workers: number;
  readonly reason: string;
  /** Null while too few tasks have run. */
  readonly advice: {
    readonly target_wait_ms: number;
    readonly sizes: readonly WireOutlook[];
  } | null;
  readonly autoscale: string;
  readonly autoscale_suggestion: { readonly size: number; readonly reason: string } | null;
}

/** What is to be expected of a pool with so many threads. */
export interface WireOutlook {
  readonly size: number;
  /** Null when ever more would wait. */
  readonly wait_p95_ms: number | null;
  readonly utilisation: number;
}

/** A pool's settings as they once were set. */
export interface WireSettingsVersion {
  readonly version: number;
  readonly at: string;
  readonly author: string | null;
  readonly reason: string | null;
  readonly changes: readonly {
    readonly setting: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
  readonly settings: Readonly<Record<string, unknown>>;
}

/** One line of a task's log. */
export interface WireLogLine {
  readonly at: string;
  readonly level: string;
  readonly text: string;
  /** Which attempt logged it, from 1. */
  readonly attempt: number;
}

/** Whether the server is well, and its totals. */
export interface WireHealth {
  readonly healthy: boolean;
  readonly alerts: readonly { readonly level: string; readonly message: string }[];
  readonly stats: {
    readonly total_pools: number;
    readonly pending_tasks: number;
    readonly running_tasks: number;
    readonly completed_tasks: number;
    readonly failed_tasks: number;
    readonly workers: number;
    readonly busy_workers: number;
    readonly zombies: number;
    readonly started_at: string;
    readonly memory_bytes: number;
  };
}

/** How much the server logs. */
export interface WireLogLevel {
  readonly level: string;
  /** What it was started with. */
  readonly configured_level: string;
  /** When the configured level holds again. */
  readonly until: string | null;
}

/** Something that is wrong, or was. */
export interface WireAlert {
  readonly alert_id: string;
  readonly rule: string;
  readonly state: string;
  readonly severity: string;
  readonly message: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly [field: string]: unknown;
}

/** Where alerts are told, without its secrets. */
export interface WireAlertChannel {
  readonly name: string;
  readonly kind: "webhook" | "email" | "slack" | "dingtalk" | "feishu" | "wecom";
  readonly target: string;
}

/** One try to tell a channel of something. */
export interface WireDelivery {
  readonly at: string;
  readonly channel: string;
  readonly alert_id: string;
  readonly state: "firing" | "recovered" | "test";
  readonly try: number;
  readonly is_delivered: boolean;
  readonly outcome: string;
  readonly next_try_at: string | null;
}

/** A rule that says when something is wrong. */
export interface WireAlertRule {
  readonly name: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly reading: string;
  readonly comparator: string;
  readonly threshold: number;
  readonly for_ms: number;
  readonly severity: string;
  readonly is_enabled: boolean;
  readonly is_default: boolean;
  readonly is_changed: boolean;
  readonly silenced_until: string | null;
  readonly firing: number;
  readonly [field: string]: unknown;
}

/** What a check of the server, or of its journal, found. */
export interface WireFinding {
  readonly name: string;
  readonly is_ok: boolean;
  readonly detail: string;
}

/** Where a page of a list stands in it. */
export interface WirePagination {
  readonly current_page: number | null;
  readonly total_pages: number | null;
  readonly total_items: number;
  readonly start_item: number | null;
  readonly end_item: number | null;
  /** Leads to older ones; null at the end. */
  readonly next_cursor: string | null;
}

/** A successful answer, out of its envelope. */
export interface Answer<T> {
  readonly data: T;
  readonly message: string | undefined;
  readonly pagination: WirePagination | undefined;
  /** Task files that could not be loaded, beside a list of task types. */
  readonly broken: readonly WireBrokenFile[];
}
