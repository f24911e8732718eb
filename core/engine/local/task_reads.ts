/** Reads tasks: from memory those that are there, all others and what happened to each from the disk. */
import type { PoolId } from "../../model/pool.ts";
import { SENTENCES } from "../../model/sentences.ts";
import type {
  AttemptEntry,
  LogEntry,
  TaskEventEntry,
  TaskFilter,
  TaskId,
  TaskPage,
  TaskSnapshot,
} from "../../model/task.ts";
import type { PageRequest } from "../engine.ts";
import type { DamageWatch } from "./journal/damage_watch.ts";
import type { JournalReader } from "./journal/reader.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import type { PoolShelf } from "./pool_shelf.ts";
import { snapshotOf } from "./stored_snapshot.ts";
import type { Tallies } from "./tallies.ts";
import type { TaskFinder } from "./task_finder.ts";
import type { RecordsById } from "./task_record.ts";

/** What tasks are read with. */
export interface ReadsOptions {
  readonly reader: JournalReader;
  readonly shelf: PoolShelf;
  readonly tallies: Tallies;
  readonly damage: DamageWatch;
  readonly finder: TaskFinder;
  /** What is in memory, of all pools. */
  readonly records: RecordsById;
}

/** See the head of this file; what each method promises, `Engine` says. */
export class TaskReads {
  readonly #options: ReadsOptions;

  constructor(options: ReadsOptions) {
    this.#options = options;
  }

  async get(id: TaskId): Promise<TaskSnapshot> {
    const { records, finder } = this.#options;
    return records.get(id)?.snapshot() ?? this.#snapshotOf(await finder.read(id));
  }

  logs(id: TaskId): Promise<readonly LogEntry[]> {
    const { reader, finder } = this.#options;
    return finder.readStory(id, () => reader.logs(id));
  }

  events(id: TaskId): Promise<readonly TaskEventEntry[]> {
    const { reader, finder } = this.#options;
    return finder.readStory(id, () => reader.events(id));
  }

  attempts(id: TaskId): Promise<readonly AttemptEntry[]> {
    const { reader, finder } = this.#options;
    return finder.readStory(id, () => reader.attempts(id));
  }

  async list(
    filter: TaskFilter,
    request: PageRequest,
  ): Promise<TaskPage & { readonly page: number | null }> {
    const { shelf, reader, finder, records } = this.#options;
    const { poolId, ...rest } = filter;
    const pool = poolId === undefined ? {} : { poolNumber: shelf.numberOf(poolId) };
    await finder.catchUp();
    const { rows, ...page } = await reader.list({ ...rest, ...pool }, request);
    const tasks = rows.map((row) => records.get(row.id)?.snapshot() ?? this.#snapshotOf(row));
    return { ...page, tasks };
  }

  #snapshotOf(row: StoredTask): TaskSnapshot {
    const { damage } = this.#options;
    const why = SENTENCES.oneOfMany(row.state === "pending" ? this.#pendingOf(row.poolId) : 0);
    return damage.reading(() => snapshotOf(row, why));
  }

  #pendingOf(poolId: PoolId): number {
    return this.#options.tallies.counts(poolId).pending;
  }
}
