/** What a task's code is given: the thread's side of `ctx`, see `core/tasks/define_task.ts`. */
import { SENTENCES } from "../model/sentences.ts";
import { ATTEMPT_LINE_CHARS_MAX, ATTEMPT_LINES_MAX, type LogLine } from "../model/task.ts";
import type { TaskContext } from "../tasks/define_task.ts";
import { SPANS_MAX, type TaskNotes, type TaskSpan } from "./protocol.ts";
import type { StatsBlock } from "./stats_block.ts";

/** Characters of one line; what comes after is dropped. */
const LINE_CHARS_MAX = 8_192;
/** Different metrics of one attempt. */
const METRICS_MAX = 50;

/** Where an attempt runs. */
export interface RunPlace {
  readonly stats: StatsBlock;
  readonly slot: number;
  readonly lane: number;
  /** Called when there is something to say; the thread decides when to send it. */
  onNote(): void;
}

/** See the head of this file. */
export class RunContext implements TaskContext {
  readonly #place: RunPlace;
  #controller: AbortController | undefined;
  #stopReason: string | undefined;
  #sawStop = false;
  #log: TaskContext["log"] | undefined;
  #metric: TaskContext["metric"] | undefined;
  #lines: LogLine[] = [];
  #logged = 0;
  #chars = 0;
  #dropped = 0;
  #note: string | null = null;
  #metrics: Map<string, number> | undefined;
  #counters: Set<string> | undefined;
  #spans: TaskSpan[] | undefined;
  #keptSpans = 0;
  #droppedSpans = 0;
  #hasNews = false;
  #isOver = false;

  constructor(
    readonly seq: number,
    readonly taskId: string,
    readonly attempt: number,
    place: RunPlace,
    readonly traceparent: string | null = null,
  ) {
    this.#place = place;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      // The order is seen at once; the words for it may still be on their way.
      if (this.stopRequested) this.abort(this.#stopReason ?? SENTENCES.askedToStop());
    }
    return this.#controller.signal;
  }

  get stopRequested(): boolean {
    const { stats, slot } = this.#place;
    if (this.#stopReason === undefined && !stats.isStopRequested(slot, this.seq)) return false;
    this.#sawStop = true;
    return true;
  }

  /** Whether its code can know that it was asked to stop: then its end is a stop. */
  get sawStop(): boolean {
    return this.#sawStop;
  }

  /** Not of the context: the thread was told to stop this attempt. */
  abort(reason: string): void {
    this.#stopReason = reason;
    if (this.#controller === undefined) return;
    this.#sawStop = true;
    this.#controller.abort(new DOMException(reason, "AbortError"));
  }

  /** Not of the context: the attempt ended, and its lane is another's. */
  end(): void {
    this.#isOver = true;
  }

  progress(done: number, total: number, note?: string): void {
    if (this.#isOver) return;
    this.#place.stats.setProgress(this.#place.slot, this.#place.lane, Number(done), Number(total));
    if (note === undefined || note === this.#note) return;
    this.#note = String(note).slice(0, 200);
    this.#tell();
  }

  /** Made when asked for: most tasks never log. */
  get log(): TaskContext["log"] {
    return this.#log ??= {
      debug: (text) => this.addLine("debug", text),
      info: (text) => this.addLine("info", text),
      warning: (text) => this.addLine("warning", text),
      error: (text) => this.addLine("error", text),
    };
  }

  get metric(): TaskContext["metric"] {
    return this.#metric ??= {
      count: (name, by = 1) => {
        if (this.#canGrow(name, by)) this.#count(name, by);
      },
      gauge: (name, value) => {
        if (this.#isNumber(name, value)) this.#setMetric(name, value);
      },
      observe: (name, value) => {
        if (!this.#canGrow(name, value)) return;
        this.#count(`${name}_count`, 1);
        this.#count(`${name}_sum`, value);
      },
    };
  }

  /**
   * Not of the context: also what task code writes to the console comes here. A line is kept up to a
   * NUL only, so it has none.
   */
  addLine(level: LogLine["level"], text: string): void {
    const line = String(text).slice(0, LINE_CHARS_MAX).replaceAll("\0", "\uFFFD");
    this.#logged++;
    this.#chars += line.length;
    if (this.#logged > ATTEMPT_LINES_MAX || this.#chars > ATTEMPT_LINE_CHARS_MAX) this.#dropped++;
    else this.#lines.push({ atMs: Date.now(), level, text: line });
    this.#tell();
  }

  /** Not of the context: a span that its code ended. */
  addSpan(span: TaskSpan): void {
    if (this.#isOver) return;
    if (this.#keptSpans < SPANS_MAX) {
      this.#keptSpans++;
      (this.#spans ??= []).push(span);
    } else this.#droppedSpans++;
    this.#tell();
  }

  /** Not of the context: what was said since the last time; undefined when nothing was. */
  takeNotes(): TaskNotes | undefined {
    if (!this.#hasNews) return undefined;
    const lines = this.#lines;
    this.#lines = [];
    this.#hasNews = false;
    const { seq } = this;
    const spans = this.#spans ?? [];
    this.#spans = undefined;
    return {
      seq,
      lines,
      dropped: this.#dropped,
      progressNote: this.#note,
      metrics: this.#metrics ? Object.fromEntries(this.#metrics) : null,
      counters: [...this.#counters ?? []],
      spans,
      droppedSpans: this.#droppedSpans,
    };
  }

  #count(name: string, by: number): void {
    const key = this.#setMetric(name, (this.#metrics?.get(metricKey(name)) ?? 0) + by);
    if (key !== undefined) (this.#counters ??= new Set()).add(key);
  }

  /** Gives the name that it is kept by; undefined if it is not. */
  #setMetric(name: string, value: number): string | undefined {
    const metrics = this.#metrics ??= new Map();
    const key = metricKey(name);
    if (!metrics.has(key) && metrics.size >= METRICS_MAX) return undefined;
    metrics.set(key, value);
    this.#tell();
    return key;
  }

  /** What is counted only grows. */
  #canGrow(name: string, by: number): boolean {
    if (!this.#isNumber(name, by)) return false;
    if (by >= 0) return true;
    this.addLine("warning", `Metric ${name} is not counted: ${by} is below 0`);
    return false;
  }

  #isNumber(name: string, value: number): boolean {
    if (Number.isFinite(value)) return true;
    this.addLine("warning", `Metric ${name} is not set: ${String(value)} is no number`);
    return false;
  }

  #tell(): void {
    if (this.#hasNews || this.#isOver) return;
    this.#hasNews = true;
    this.#place.onNote();
  }
}

function metricKey(name: string): string {
  return String(name).slice(0, 100);
}
