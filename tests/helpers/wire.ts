/** What the API's JSON holds, as far as tests look at it. */

/** A pool on the wire. */
export interface PoolJson {
  readonly pool_id: string;
  readonly name: string;
  readonly status: string;
  readonly max_workers: number;
  readonly pending_tasks: number;
  readonly running_tasks: number;
  readonly completed_tasks: number;
  readonly cancelled_tasks: number;
  readonly workers: readonly {
    readonly index: number;
    readonly state: string;
    readonly done: number;
    readonly pid: number | null;
  }[];
}

/** A task on the wire. */
export interface TaskJson {
  readonly task_id: string;
  readonly name: string;
  readonly pool_id: string;
  readonly status: string;
  readonly task_type: string;
  readonly result: unknown;
  readonly exception: string | null;
  readonly cancel_cause: string | null;
  readonly progress: {
    readonly done: number;
    readonly total: number;
    readonly note: string | null;
  };
  readonly metrics: Readonly<Record<string, number>>;
  readonly why_waiting: string | null;
  readonly stop_requested_at: string | null;
}
