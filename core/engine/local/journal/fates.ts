/**
 * What is known of tasks that are not in the table yet: of one that has ended by now, its row is
 * written once, in its last form. Only of tasks whose life was plain, from a submit over a start at
 * most to an end; whatever else happened is written step by step.
 */
import { type Cell, END_COLUMNS, MOVE_COLUMNS, SUBMIT_COLUMNS, type TaskRows } from "./group.ts";
import { START } from "./schema.ts";

/** Where the end of a task is told. */
export interface Fate {
  readonly ended: readonly Cell[];
  readonly at: number;
}

/** See the head of this file. */
export class Fates {
  /**
   * Of tasks that were submitted and are not in the table yet. Null: none is known; false: its life is
   * not plain.
   */
  readonly #known = new Map<number, Fate | null | false>();
  /** Those whose rows are in their last form, though what led there is still to be gone through. */
  readonly #taken = new Set<number>();

  /** Takes in the rows of one group; groups come in their order. */
  note({ submitted, moved, ended }: TaskRows): void {
    for (let at = 0; at < submitted.length; at += SUBMIT_COLUMNS.length) {
      this.#known.set(Number(submitted[at]), null);
    }
    for (let at = 0; at < moved.length; at += MOVE_COLUMNS.length) {
      const seq = Number(moved[at]);
      if (moved[at + 4] !== START && this.#known.has(seq)) this.#known.set(seq, false);
    }
    for (let at = 0; at < ended.length; at += END_COLUMNS.length) {
      const seq = Number(ended[at]);
      if (this.#known.get(seq) === null) this.#known.set(seq, { ended, at });
    }
  }

  /** Whether a task was submitted and is not in the table yet. */
  has(seq: number): boolean {
    return this.#known.has(seq);
  }

  /** The rows of a task that is in the table, in its last form, are still to come. */
  noteTaken(seq: number): void {
    this.#taken.add(seq);
  }

  /** A task goes into the table now; in the form that this tells, if its end is known. */
  take(seq: number): Fate | undefined {
    const fate = this.#known.get(seq) || undefined;
    this.#known.delete(seq);
    if (fate !== undefined) this.#taken.add(seq);
    return fate;
  }

  /** Whether a step of a task is in the table already. */
  isTaken(seq: number): boolean {
    return this.#taken.has(seq);
  }

  /** Whether the end of a task is in the table already; nothing is to come of it after that. */
  giveBack(seq: number): boolean {
    return this.#taken.delete(seq);
  }
}
