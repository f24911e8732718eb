/**
 * Reads of the journal, off the server's own thread. There are two lanes: what may take long (lists
 * whose filter no index answers, searches, and the history) never stands before what is quick.
 */
import type { AlertPageRequest } from "../../../model/alert.ts";
import type { TaskId } from "../../../model/task.ts";
import type { StoredHistoryQuery } from "./history_read.ts";
import type { ReadyRequest } from "./ready_read.ts";
import { type ReaderOptions, ReaderThread } from "./reader_thread.ts";
import type { StoredPageRequest } from "./task_page.ts";
import type { StoredFilter } from "./task_query.ts";

/** See the head of this file. */
export class JournalReader implements AsyncDisposable {
  readonly #options: ReaderOptions;
  readonly #quick: ReaderThread;
  #slow: Promise<ReaderThread> | undefined;

  private constructor(options: ReaderOptions, quick: ReaderThread) {
    this.#options = options;
    this.#quick = quick;
  }

  /** Opens the journal for reading. @throws {LidoError} `journal_corrupt`, `journal_unavailable`. */
  static async open(options: ReaderOptions): Promise<JournalReader> {
    return new JournalReader(options, await ReaderThread.open(options));
  }

  /** The task of an id; undefined when it is not on record. */
  get(id: TaskId) {
    return this.#quick.read("get", id);
  }

  /** The task that a pool was given with an idempotency key. */
  byKey(pool: number, key: string) {
    return this.#quick.read("byKey", pool, key);
  }

  /** Those of the seqs that are on record. */
  bySeqs(seqs: readonly number[]) {
    return this.#quick.read("bySeqs", seqs);
  }

  /** Tasks that run, as far as is written. */
  running() {
    return this.#quick.read("running");
  }

  /** Waiting tasks in the order of work. */
  ready(request: ReadyRequest) {
    return this.#quick.read("ready", request);
  }

  /** The oldest waiting task of a lane. */
  expendable(
    lane: { readonly pool: number; readonly priority: number; readonly above: number },
  ) {
    return this.#quick.read("expendable", lane);
  }

  /** Priorities of which tasks of a pool wait, highest first. */
  priorities(pool: number) {
    return this.#quick.read("priorities", pool);
  }

  /** All pools on record. */
  pools() {
    return this.#quick.read("pools");
  }

  /** All saved views. */
  views() {
    return this.#quick.read("views");
  }

  /** All rules and channels of alerts on record. */
  alertSettings() {
    return this.#quick.read("alertSettings");
  }

  /** Alerts that fire, as far as is written. */
  firingAlerts() {
    return this.#quick.read("firingAlerts");
  }

  /** Tries to tell channels of alerts, oldest first. */
  deliveries() {
    return this.#quick.read("deliveries");
  }

  /** One page of alerts, newest first. @throws {LidoError} `cursor_invalid`. */
  alerts(request: AlertPageRequest) {
    return this.#quick.read("alerts", request);
  }

  /** Versions of a pool's settings, newest first. */
  settingsVersions(pool: number) {
    return this.#quick.read("settingsVersions", pool);
  }

  /** All counters. */
  counters() {
    return this.#quick.read("counters");
  }

  /** A seq above which none was given yet. */
  lastSeq() {
    return this.#quick.read("lastSeq");
  }

  /** The generation of the ledger that was dealt with last; null when none ever was. */
  recoveredLedger() {
    return this.#quick.read("recoveredLedger");
  }

  /** What a task's code logged, oldest first; undefined when the task is not on record. */
  logs(id: TaskId) {
    return this.#quick.read("logs", id);
  }

  /** What happened to a task, oldest first; undefined when it is not on record. */
  events(id: TaskId) {
    return this.#quick.read("events", id);
  }

  /** A task's attempts that ended, oldest first; undefined when it is not on record. */
  attempts(id: TaskId) {
    return this.#quick.read("attempts", id);
  }

  /** One page, newest first. @throws {LidoError} `cursor_invalid`. */
  async list(filter: StoredFilter, request: StoredPageRequest) {
    if (isQuick(filter)) return await this.#quick.read("list", filter, request);
    return await (await this.#openSlow()).read("list", filter, request);
  }

  /** What there is of a range of the history. */
  async history(query: StoredHistoryQuery) {
    return await (await this.#openSlow()).read("history", query);
  }

  #openSlow(): Promise<ReaderThread> {
    if (this.#slow !== undefined) return this.#slow;
    const slow = this.#slow = ReaderThread.open(this.#options);
    slow.catch(() => this.#slow = undefined); // whoever reads next tries again
    return slow;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#quick[Symbol.asyncDispose]();
    await (await this.#slow)?.[Symbol.asyncDispose]();
  }
}

/** Whether indexes alone answer a filter. */
function isQuick({ poolNumber, states, type, tags = [], ...others }: StoredFilter): boolean {
  if (Object.keys(others).length > 0 || tags.length > 1) return false;
  const isByState = poolNumber !== undefined || states !== undefined;
  return [isByState, type !== undefined, tags.length === 1].filter((isUsed) => isUsed).length <= 1;
}
