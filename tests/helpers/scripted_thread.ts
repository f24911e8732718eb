import type { OutcomeCode, RunMessage } from "../../core/execution/protocol.ts";
import type { Thread, ThreadListener } from "../../core/execution/thread.ts";

interface Task {
  readonly seq: number;
  readonly token: number;
  readonly input: unknown;
}

/**
 * A thread, like a child process: what host and thread say to each other arrives in its order, but
 * whenever the test likes. `steps()` names all that could happen next.
 */
export class ScriptedThread implements Thread {
  readonly pid = null;
  /** Inputs of tasks that were begun, in order. */
  readonly begun: unknown[] = [];
  isDead = false;
  isReady = false;
  #isKilled = false;
  #lanes = 1;
  #toThread: (() => void)[] = [];
  #toHost: (() => void)[] = [];
  #waiting: Task[] = [];
  #running: Task[] = [];
  readonly #stopped = new Set<number>();
  #epoch = 0;
  /** The next task of this epoch to begin; undefined before its first batch came. */
  #next: number | undefined;

  constructor(readonly listener: ThreadListener) {}

  run({ epoch, first, token, inputs }: RunMessage): void {
    this.#toThread.push(() => {
      if (epoch < this.#epoch) return;
      this.#next ??= first;
      this.#waiting.push(...inputs.map((input, at) => ({ seq: first + at, token, input })));
    });
  }

  setLanes(lanes: number): void {
    this.#toThread.push(() => void (this.#lanes = lanes));
  }

  stop(seq: number): void {
    this.#toThread.push(() => void this.#stopped.add(seq));
  }

  takeBack(epoch: number): void {
    this.#toThread.push(() => {
      const first = this.#next ?? -1;
      this.#epoch = epoch + 1;
      this.#next = undefined;
      this.#waiting = [];
      this.#toHost.push(() => this.listener.takenBack(first));
    });
  }

  kill(): void {
    this.#isKilled = true;
  }

  loadRow() {
    return { heartbeatAtMs: 0, done: 0, failed: 0, busyMs: 0, memoryBytes: 0 };
  }

  loadLanes() {
    return [];
  }

  silentMs(): number {
    return 0;
  }

  /** Ends it: what was on its way is lost. */
  die(): void {
    this.isDead = true;
    this.#toHost = [];
    this.listener.died({ code: "thread_exited", message: "The test ended it" });
  }

  /** All that could happen next, but for an unforeseen death. */
  steps(): (() => void)[] {
    if (this.isDead) return [];
    if (this.#isKilled) return [() => this.die(), ...this.#arrivals(this.#toHost)];
    if (!this.isReady) return [() => this.#becomeReady()];
    const canBegin = this.#waiting.length > 0 && this.#running.length < this.#lanes;
    return [
      ...this.#arrivals(this.#toHost),
      ...this.#arrivals(this.#toThread),
      ...canBegin ? [() => this.#begin()] : [],
      ...this.#running.map((task) => () => this.#finish(task)),
    ];
  }

  #arrivals(messages: (() => void)[]): (() => void)[] {
    return messages.length === 0 ? [] : [() => messages.shift()?.()];
  }

  #becomeReady(): void {
    this.isReady = true;
    this.listener.ready();
  }

  #begin(): void {
    const task = this.#waiting.shift();
    if (task === undefined) return;
    this.#next = task.seq + 1;
    this.begun.push(task.input);
    this.#running.push(task);
  }

  #finish(task: Task): void {
    this.#running = this.#running.filter((other) => other !== task);
    const code: OutcomeCode = this.#stopped.has(task.seq) ? "stopped" : "done";
    this.#toHost.push(() =>
      this.listener.outcomes({
        kind: "outcomes",
        token: task.token,
        seqs: [task.seq],
        codes: code === "done" ? [] : [code],
        startedAtMs: [1],
        runMs: [0.01],
        values: [],
      })
    );
  }
}
