import type { TaskContext } from "lido";

/** What a task said of its progress. */
export interface ProgressCall {
  readonly done: number;
  readonly total: number;
}

/** A context that keeps what it is told, and stops the task at the n-th word of progress. */
export class FakeContext implements TaskContext {
  readonly taskId = "task-1";
  readonly attempt = 1;
  readonly traceparent = null;
  readonly calls: ProgressCall[] = [];
  readonly #controller = new AbortController();
  readonly #stopAtCall: number;

  constructor({ stopAtCall = Infinity }: { stopAtCall?: number } = {}) {
    this.#stopAtCall = stopAtCall;
    if (stopAtCall === 0) this.stop();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get stopRequested(): boolean {
    return this.#controller.signal.aborted;
  }

  stop(): void {
    this.#controller.abort(new DOMException("It was asked to stop", "AbortError"));
  }

  progress(done: number, total: number): void {
    this.calls.push({ done, total });
    if (this.calls.length === this.#stopAtCall) this.stop();
  }

  readonly log = { debug() {}, info() {}, warning() {}, error() {} };
  readonly metric = { count() {}, gauge() {}, observe() {} };

  /** Whether no word of progress went back, and none was above its total. */
  get isMonotonic(): boolean {
    return this.calls.every(({ done, total }, at) =>
      done <= total && done >= (this.calls[at - 1]?.done ?? 0)
    );
  }
}
