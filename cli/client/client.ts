/** The JSON API as methods: one for each thing that the commands do. */
import { TaskError } from "./errors.ts";
import { HttpClient, type HttpClientOptions } from "./http_client.ts";
import type { Submission, TaskTypes } from "./task_types.ts";
import type {
  Answer,
  WireAlert,
  WireAlertChannel,
  WireAlertRule,
  WireBrokenFile,
  WireBulk,
  WireDelivery,
  WireFinding,
  WireHealth,
  WireLogLevel,
  WireLogLine,
  WirePool,
  WireResizeInfo,
  WireSettingsVersion,
  WireTask,
  WireTaskType,
} from "./wire.ts";

/** What may be asked of a list of tasks: which ones, and which page of them. */
export interface TaskListQuery {
  readonly page?: number | undefined;
  readonly per_page?: number | undefined;
  readonly [filter: string]: string | number | undefined;
}

/** What can be done to a pool without further words. */
export type PoolAction = "pause" | "resume" | "drain" | "cancel_pool_tasks";

/** How long one request waits for a task's end, in seconds. */
const WAIT_SECONDS = 30;

/**
 * A client of one server's JSON API. `Types` is what is known of task types: with
 * `TypesOf<{ greet: typeof greet }>` a submit takes the inputs, and gives the results, of task files.
 */
export class LidoClient<Types extends TaskTypes = TaskTypes> {
  readonly #http: HttpClient;

  /** Makes the client; nothing is sent yet. */
  constructor(options: HttpClientOptions) {
    this.#http = new HttpClient(options);
  }

  /** Pools: the open ones, or those in the given states (`all`, or words with commas between). */
  async listPools(status?: string): Promise<readonly WirePool[]> {
    return (await this.#http.send<WirePool[]>({
      method: "GET",
      path: "/api/pools",
      query: { status },
    })).data;
  }

  /** One pool with its threads. */
  async getPool(id: string): Promise<WirePool> {
    return (await this.#http.send<WirePool>({ method: "GET", path: poolPath(id) })).data;
  }

  /** Opens a pool. */
  async createPool(settings: object): Promise<WirePool> {
    const request = { method: "POST", path: "/api/pools", body: settings } as const;
    return (await this.#http.send<WirePool>(request)).data;
  }

  /** Changes settings of a pool. */
  async changePool(id: string, changes: object): Promise<WirePool> {
    const request = { method: "PATCH", path: poolPath(id), body: changes } as const;
    return (await this.#http.send<WirePool>(request)).data;
  }

  /** Changes how many threads a pool has. */
  resizePool(id: string, size: object): Promise<Answer<unknown>> {
    return this.#http.send({ method: "PUT", path: `${poolPath(id)}/resize`, body: size });
  }

  /** How many threads a pool wants, and why; also what is to be expected of so many. */
  async getResizeInfo(id: string, maxWorkers?: number): Promise<WireResizeInfo> {
    return (await this.#http.send<WireResizeInfo>({
      method: "GET",
      path: `${poolPath(id)}/resize-info`,
      query: { max_workers: maxWorkers },
    })).data;
  }

  /** The last 1,000 versions of a pool's settings, newest first, each with what it changed. */
  async listSettings(id: string): Promise<readonly WireSettingsVersion[]> {
    const path = `${poolPath(id)}/settings`;
    return (await this.#http.send<WireSettingsVersion[]>({ method: "GET", path })).data;
  }

  /** Brings a version of a pool's settings back, as a new one. */
  async revertPool(id: string, body: object): Promise<WirePool> {
    const request = { method: "POST", path: `${poolPath(id)}/revert`, body } as const;
    return (await this.#http.send<WirePool>(request)).data;
  }

  /** Replaces a pool's threads, or one of them, once they have finished what they run. */
  async recyclePool(id: string, worker?: number): Promise<{ readonly recycled_workers: number }> {
    const body = worker === undefined ? {} : { worker };
    const request = { method: "POST", path: `${poolPath(id)}/recycle`, body } as const;
    return (await this.#http.send<{ recycled_workers: number }>(request)).data;
  }

  /** Pauses, resumes or drains a pool, or cancels what waits in it. */
  async actOnPool<T>(id: string, action: PoolAction, body: object = {}): Promise<T> {
    const request = { method: "POST", path: `${poolPath(id)}/${action}`, body } as const;
    return (await this.#http.send<T>(request)).data;
  }

  /** Closes a pool: it takes nothing new and finishes what it has, up to the deadline. */
  async closePool(id: string, deadlineMs?: number): Promise<WirePool> {
    return (await this.#http.send<WirePool>({
      method: "DELETE",
      path: poolPath(id),
      query: { deadline_ms: deadlineMs },
    })).data;
  }

  /** Closes a pool now: all that waits is cancelled, all that runs is stopped. */
  async forceClosePool(
    id: string,
  ): Promise<{ readonly cancelled_tasks: number; readonly stopped_tasks: number }> {
    return (await this.#http.send<{ cancelled_tasks: number; stopped_tasks: number }>({
      method: "DELETE",
      path: `${poolPath(id)}/force-close`,
    })).data;
  }

  /** Submits one task; gives it as it stands then. */
  async submit<Name extends keyof Types & string>(
    submission: Submission<Types, Name>,
  ): Promise<WireTask<Types[Name]["result"]>> {
    const request = { method: "POST", path: "/api/tasks", body: submission } as const;
    return (await this.#http.send<WireTask<Types[Name]["result"]>>(request)).data;
  }

  /**
   * Submits one task and waits for its result.
   * @throws {TaskError} if it fails, or is cancelled; {@link ClientError} as any other method.
   */
  async run<Name extends keyof Types & string>(
    submission: Submission<Types, Name>,
  ): Promise<Types[Name]["result"]> {
    let task = await this.submit(submission);
    while (!["completed", "failed", "cancelled"].includes(task.status)) {
      task = await this.getTask(task.task_id, WAIT_SECONDS);
    }
    const { task_id: id, status, name, exception, cancel_cause: cause } = task;
    if (status === "completed") return task.result as Types[Name]["result"]; // null only if it gave that
    const why = exception ?? cause ?? "nobody said why";
    throw new TaskError(
      `Task ${name} ${status}: ${why}`,
      id,
      status === "failed" ? status : "cancelled",
    );
  }

  /** Submits up to 10,000 tasks, all or none; their ids come in the same order. */
  async submitBatch(tasks: readonly unknown[]): Promise<readonly string[]> {
    return (await this.#http.send<{ task_ids: string[] }>({
      method: "POST",
      path: "/api/tasks/batch",
      body: { tasks },
    })).data.task_ids;
  }

  /** One page of tasks, newest first. */
  listTasks(query: TaskListQuery): Promise<Answer<readonly WireTask[]>> {
    return this.#http.send({ method: "GET", path: "/api/tasks", query: { ...query } });
  }

  /** All tasks that a filter describes, newest first: one page after the other, as they are taken. */
  async *eachTask(filter: Omit<TaskListQuery, "page"> = {}): AsyncGenerator<WireTask> {
    let page: TaskListQuery | undefined = { per_page: 100, ...filter };
    while (page !== undefined) {
      const answer: Answer<readonly WireTask[]> = await this.listTasks(page);
      yield* answer.data;
      const cursor = answer.pagination?.next_cursor;
      page = cursor ? { ...page, cursor } : undefined;
    }
  }

  /** One task; with `waitSeconds`, as soon as it has ended or that time is over. */
  async getTask(id: string, waitSeconds?: number): Promise<WireTask> {
    return (await this.#http.send<WireTask>({
      method: "GET",
      path: taskPath(id),
      query: { wait: waitSeconds },
    })).data;
  }

  /** Withdraws a task that has not started. */
  async cancelTask(id: string): Promise<WireTask> {
    return (await this.#http.send<WireTask>({ method: "DELETE", path: taskPath(id) })).data;
  }

  /** Gives a task that waits another priority, or another pool. */
  async changeTask(id: string, change: object): Promise<WireTask> {
    const request = { method: "PATCH", path: taskPath(id), body: change } as const;
    return (await this.#http.send<WireTask>(request)).data;
  }

  /** All tasks that a filter describes, as one file. */
  exportTasks(
    format: "csv" | "ndjson",
    filter: Readonly<Record<string, string | number>>,
  ): Promise<ReadableStream<Uint8Array>> {
    const type = format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
    return this.#http.download("/api/tasks/export", type, { format, ...filter });
  }

  /** Asks a running task to end; the grace is how long it may take until it is made to. */
  async stopTask(id: string, graceMs?: number): Promise<WireTask> {
    const body = graceMs === undefined ? {} : { grace_ms: graceMs };
    const request = { method: "PUT", path: `${taskPath(id)}/stop`, body } as const;
    return (await this.#http.send<WireTask>(request)).data;
  }

  /** Submits a task once more as it was; gives the new one. */
  async submitAgain(id: string): Promise<WireTask> {
    const request = { method: "POST", path: `${taskPath(id)}/again` } as const;
    return (await this.#http.send<WireTask>(request)).data;
  }

  /** What a task's code logged, behind the first so many lines. */
  async readLogs(id: string, after = 0): Promise<readonly WireLogLine[]> {
    const query = { after: after === 0 ? undefined : after };
    const request = { method: "GET", path: `${taskPath(id)}/logs`, query } as const;
    return (await this.#http.send<WireLogLine[]>(request)).data;
  }

  /** Does one thing to many tasks, or counts them. */
  async startBulk(request: object): Promise<WireBulk> {
    const sent = { method: "POST", path: "/api/tasks/bulk", body: request } as const;
    return (await this.#http.send<WireBulk>(sent)).data;
  }

  /** How far such an operation is. */
  async getBulk(id: string): Promise<WireBulk> {
    const path = `/api/tasks/bulk/${encodeURIComponent(id)}`;
    return (await this.#http.send<WireBulk>({ method: "GET", path })).data;
  }

  /** All task types, and the files that could not be loaded. */
  async listTypes(): Promise<{
    readonly types: readonly WireTaskType[];
    readonly broken: readonly WireBrokenFile[];
  }> {
    const request = { method: "GET", path: "/api/types" } as const;
    const { data, broken } = await this.#http.send<WireTaskType[]>(request);
    return { types: data, broken };
  }

  /** One task type with its schemas. */
  async getType(name: string): Promise<WireTaskType> {
    const path = `/api/types/${encodeURIComponent(name)}`;
    return (await this.#http.send<WireTaskType>({ method: "GET", path })).data;
  }

  /** Alerts that fire, or with `state: "all"` a page of all, newest first. */
  async listAlerts(
    query: Readonly<Record<string, string | number | undefined>> = {},
  ): Promise<{ readonly data: readonly WireAlert[]; readonly nextCursor: string | null }> {
    const request = { method: "GET", path: "/api/alerts", query } as const;
    const { data, pagination } = await this.#http.send<WireAlert[]>(request);
    return { data, nextCursor: pagination?.next_cursor ?? null };
  }

  /** Says that somebody sees to an alert that fires. */
  async acknowledgeAlert(id: string, by?: string): Promise<WireAlert> {
    const path = `/api/alerts/${encodeURIComponent(id)}/acknowledge`;
    const body = by === undefined ? {} : { by };
    return (await this.#http.send<WireAlert>({ method: "POST", path, body })).data;
  }

  /** All rules of alerts. */
  async listAlertRules(): Promise<readonly WireAlertRule[]> {
    const request = { method: "GET", path: "/api/alerts/rules" } as const;
    return (await this.#http.send<WireAlertRule[]>(request)).data;
  }

  /** One rule. */
  async getAlertRule(name: string): Promise<WireAlertRule> {
    return (await this.#http.send<WireAlertRule>({ method: "GET", path: rulePath(name) })).data;
  }

  /** Changes a rule, or makes one: what is left out stays as it is. */
  async saveAlertRule(name: string, changes: object): Promise<WireAlertRule> {
    const request = { method: "PUT", path: rulePath(name), body: changes } as const;
    return (await this.#http.send<WireAlertRule>(request)).data;
  }

  /** Removes a rule; one of Lido's own is again as Lido has it. */
  async removeAlertRule(name: string): Promise<{ readonly name: string }> {
    const request = { method: "DELETE", path: rulePath(name) } as const;
    return (await this.#http.send<{ name: string }>(request)).data;
  }

  /** Tells no channel of a rule's alerts for so long; null ends that. */
  async silenceAlertRule(name: string, forMs: number | null): Promise<WireAlertRule> {
    const path = `${rulePath(name)}/silence`;
    const body = { for_ms: forMs };
    return (await this.#http.send<WireAlertRule>({ method: "POST", path, body })).data;
  }

  /** Where alerts are told. */
  async listAlertChannels(): Promise<readonly WireAlertChannel[]> {
    const request = { method: "GET", path: "/api/alerts/channels" } as const;
    return (await this.#http.send<WireAlertChannel[]>(request)).data;
  }

  /** Keeps a channel, in the place of one of its name. */
  async saveAlertChannel(name: string, channel: object): Promise<WireAlertChannel> {
    const request = { method: "PUT", path: channelPath(name), body: channel } as const;
    return (await this.#http.send<WireAlertChannel>(request)).data;
  }

  /** Removes a channel. */
  async removeAlertChannel(name: string): Promise<{ readonly name: string }> {
    const request = { method: "DELETE", path: channelPath(name) } as const;
    return (await this.#http.send<{ name: string }>(request)).data;
  }

  /** Sends a test message, and tells how that went. */
  async testAlertChannel(name: string): Promise<WireDelivery> {
    const request = { method: "POST", path: `${channelPath(name)}/test`, body: {} } as const;
    return (await this.#http.send<WireDelivery>(request)).data;
  }

  /** The last tries to tell a channel of something, newest first. */
  async listAlertDeliveries(): Promise<readonly WireDelivery[]> {
    const request = { method: "GET", path: "/api/alerts/deliveries" } as const;
    return (await this.#http.send<WireDelivery[]>(request)).data;
  }

  /** One copy of the server's journal, as a file of SQLite. */
  downloadBackup(): Promise<ReadableStream<Uint8Array>> {
    return this.#http.download("/api/backup", "application/vnd.sqlite3");
  }

  /** Whether the server is well, and its totals. */
  getHealth(): Promise<WireHealth> {
    return this.#http.readBare("/health/live", "healthy");
  }

  /** How much the server logs. */
  async getLogLevel(): Promise<WireLogLevel> {
    return (await this.#http.send<WireLogLevel>({ method: "GET", path: "/api/log-level" })).data;
  }

  /** Has the server log more or less, for good or for a while. */
  async setLogLevel(change: object): Promise<WireLogLevel> {
    const request = { method: "PUT", path: "/api/log-level", body: change } as const;
    return (await this.#http.send<WireLogLevel>(request)).data;
  }

  /** What the server's self-test found, and a look at its journal. */
  async getDoctor(): Promise<readonly WireFinding[]> {
    return (await this.#http.send<WireFinding[]>({ method: "GET", path: "/api/doctor" })).data;
  }
}

function poolPath(id: string): string {
  return `/api/pools/${encodeURIComponent(id)}`;
}

function channelPath(name: string): string {
  return `/api/alerts/channels/${encodeURIComponent(name)}`;
}

function rulePath(name: string): string {
  return `/api/alerts/rules/${encodeURIComponent(name)}`;
}

function taskPath(id: string): string {
  return `/api/tasks/${encodeURIComponent(id)}`;
}
