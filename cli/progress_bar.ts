// @ts-types="./cli_progress.d.ts"
import cliProgress from "cli-progress";
import { printable } from "./printable.ts";
import type { WireTask } from "./client/mod.ts";
import type { Output } from "./world.ts";

/** A progress bar on one line of a terminal, gone when it is disposed of. */
export class ProgressBar implements Disposable {
  readonly #bar: InstanceType<typeof cliProgress.SingleBar>;

  /** Draws an empty bar; the output must be a terminal. */
  constructor(output: Output, total = 1) {
    this.#bar = new cliProgress.SingleBar({
      format: "{bar} {percentage}% {note}",
      stream: {
        isTTY: true,
        columns: output.columns,
        write: (text) => {
          output.write(text);
          return true;
        },
      },
      barsize: Math.max(10, Math.min(40, output.columns - 40)),
      hideCursor: true,
      clearOnComplete: true,
      emptyOnZero: true,
    });
    this.#bar.start(total, 0, { note: "" });
  }

  /** Shows how far it is, of how much, and what is being done. */
  show(done: number, total: number, note: string): void {
    this.#bar.setTotal(total);
    this.#bar.update(Math.min(done, total), { note: printable(note) });
  }

  /** Shows a task: its own progress while it runs, else why it waits. */
  showTask(task: WireTask): void {
    const { progress } = task;
    if (progress === null) return this.show(0, 1, task.why_waiting ?? task.status);
    this.show(progress.done, progress.total, progress.note ?? task.status);
  }

  [Symbol.dispose](): void {
    this.#bar.stop();
  }
}
