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
  /** Inputs of tasks that were begun, in order. */
  readonly begun: unknown[] = [];
  isDead = false;
  isReady = false;
  /** Whether the host gave it tasks. */
  wasGiven = false;
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

  constructor(readonly listener: ThreadListener, readonly pid: number | null = null) {}

  run({ epoch, first, token, inputs }: RunMessage): void {
    this.wasGiven = true;
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

  /** Whether it heard that a task shall end. */
  heardStopOf(seq: number): boolean {
    return this.#stopped.has(seq);
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
    if (this.#isKilled) {
      return [
        () => this.die(),
        ...this.#toHost.length > 0 ? [() => this.tell()] : [],
      ];
    }
    if (!this.isReady) return [() => this.#becomeReady()];
    const canBegin = this.#waiting.length > 0 && this.#running.length < this.#lanes;
    return [
      ...this.#toHost.length > 0 ? [() => this.tell()] : [],
      ...this.#toThread.length > 0 ? [() => this.hear()] : [],
      ...canBegin ? [() => this.begin()] : [],
      ...this.#running.map(({ input }) => () => this.finish(input)),
    ];
  }

  /** Its next message reaches the host. */
  tell(): void {
    this.#toHost.shift()?.();
  }

  /** The host's next message reaches it. */
  hear(): void {
    this.#toThread.shift()?.();
  }

  #becomeReady(): void {
    this.isReady = true;
    this.listener.ready();
  }

  /** Begins the task whose turn it is. */
  begin(): void {
    const task = this.#waiting.shift();
    if (task === undefined) return;
    this.#next = task.seq + 1;
    this.begun.push(task.input);
    this.#running.push(task);
  }

  /** Ends the task with this input. */
  finish(input: unknown): void {
    const task = this.#running.find((one) => one.input === input);
    if (task === undefined) throw new TypeError(`Cannot finish task: ${input} does not run`);
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
