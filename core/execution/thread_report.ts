/**
 * What a thread tells of its tasks: outcomes in groups, what their code said meanwhile, and its row
 * in the stats block.
 */
import { Outcomes } from "./outcomes.ts";
import type { FromThread, OutcomeCode } from "./protocol.ts";
import type { RunningTask } from "./running_task.ts";
import type { StatsBlock } from "./stats_block.ts";

/** Outcomes are sent when so many are ready, when the oldest is so old, or when nothing is left. */
const OUTCOMES_MAX = 512;
const OUTCOME_AGE_MAX_MS = 1;
const NOTES_EVERY_MS = 100;

/** What a report needs of its thread. */
export interface ReportPlace {
  readonly slot: number;
  readonly stats: StatsBlock;
  post(message: FromThread): void;
}

/** See the head of this file. */
export class ThreadReport {
  readonly #place: ReportPlace;
  readonly #running: ReadonlyMap<number, RunningTask>;
  #outcomes = new Outcomes();
  #firstOutcomeMs = 0;
  #notesTimer: unknown;
  #flushTimer: unknown;
  #busyMs = 0;
  #done = 0;
  #failed = 0;

  /** `running` is what runs now, as the runner keeps it. */
  constructor(place: ReportPlace, running: ReadonlyMap<number, RunningTask>) {
    this.#place = place;
    this.#running = running;
  }

  /** A task ended at `nowMs`, on the monotonic clock: its notes go at once, its outcome with others. */
  ended(task: RunningTask, code: OutcomeCode, value: unknown, nowMs: number): void {
    const runMs = nowMs - task.began;
    this.#count(code, runMs);
    this.#sendNotes([task]);
    if (this.#outcomes.token !== task.sent.token) this.flush();
    if (this.#outcomes.count === 0) this.#firstOutcomeMs = nowMs;
    this.#outcomes.add(task.sent, code, task.startedAtMs, runMs, value);
  }

  /** Sends what has ended. */
  flush(): void {
    const outcomes = this.#outcomes;
    if (outcomes.count === 0) return;
    this.#outcomes = new Outcomes();
    this.#place.post(outcomes.message());
  }

  /** Sends what has ended, if it is much or waits for long. */
  flushIfDue(nowMs: number): void {
    const isDue = nowMs - this.#firstOutcomeMs >= OUTCOME_AGE_MAX_MS;
    if (isDue || this.#outcomes.count >= OUTCOMES_MAX) this.flush();
  }

  /** What has ended shall not wait for the task behind it, which may take long. */
  flushSoon(): void {
    if (this.#outcomes.count === 0) return;
    this.#flushTimer ??= REAL_SET_TIMEOUT(() => {
      this.#flushTimer = undefined;
      this.flush();
    }, OUTCOME_AGE_MAX_MS);
  }

  /** A task said something: it is told in a while, together with what others say until then. */
  scheduleNotes(): void {
    this.#notesTimer ??= REAL_SET_TIMEOUT(() => {
      this.#notesTimer = undefined;
      this.#sendNotes([...this.#running.values()]);
    }, NOTES_EVERY_MS);
  }

  /** Writes the slot's row: a sign of life, and what was done so far. */
  beat(memoryBytes: number): void {
    this.#place.stats.setSlotRow(this.#place.slot, {
      heartbeatAtMs: Date.now(),
      done: this.#done,
      failed: this.#failed,
      busyMs: this.#busyMs,
      memoryBytes,
    });
  }

  #count(code: OutcomeCode, runMs: number): void {
    this.#place.stats.recordRun(runMs);
    this.#busyMs += runMs;
    if (code === "done") this.#done++;
    else this.#failed++;
  }

  #sendNotes(of: readonly RunningTask[]): void {
    const notes = of.flatMap(({ context }) => context.takeNotes() ?? []);
    if (notes.length > 0) this.#place.post({ kind: "notes", notes });
  }
}

/** Captured before the realm guard gives timers an owner: the thread's own belong to no task. */
const REAL_SET_TIMEOUT: (run: () => void, ms: number) => unknown = globalThis.setTimeout;
