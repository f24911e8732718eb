import { until } from "./until.ts";

/**
 * Where a test and tasks in isolation `thread` meet: a task counts itself in at cell 0, then waits
 * until cell 1 is no longer 0 (see `tests/fixtures/gate_tasks/hold.task.ts`). A gate that is left
 * shut when the test ends is opened, so that no thread stays behind.
 */
export class Gate implements Disposable {
  /** What a task is given. */
  readonly cells = new Int32Array(new SharedArrayBuffer(8));

  /** How many tasks have come, over all time. */
  get count(): number {
    return Atomics.load(this.cells, 0);
  }

  /** Resolves when so many tasks have come. */
  arrived(count = 1): Promise<void> {
    return until(`${count} tasks came to the gate`, () => this.count >= count);
  }

  /** Lets all through, now and later. */
  open(): void {
    Atomics.store(this.cells, 1, 1);
    Atomics.notify(this.cells, 1);
  }

  [Symbol.dispose](): void {
    this.open();
  }
}
