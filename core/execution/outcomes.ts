/** Outcomes of one batch, gathered in a thread until they are sent. */
import type { OutcomeCode, OutcomesMessage } from "./protocol.ts";

/** See the head of this file. */
export class Outcomes {
  /** The batch's; -1 before the first. */
  token = -1;
  #areDone = true;
  #isConsecutive = true;
  #hasValues = false;
  readonly #seqs: number[] = [];
  readonly #codes: OutcomeCode[] = [];
  readonly #startedAtMs: number[] = [];
  readonly #runMs: number[] = [];
  readonly #values: unknown[] = [];

  /** How many there are. */
  get count(): number {
    return this.#seqs.length;
  }

  /** Adds one; all must be of the same batch. */
  add(
    task: { readonly seq: number; readonly token: number },
    code: OutcomeCode,
    startedAtMs: number,
    runMs: number,
    value: unknown,
  ): void {
    const first = this.#seqs[0] ?? task.seq;
    this.#isConsecutive &&= task.seq === first + this.#seqs.length;
    this.#hasValues ||= value !== undefined;
    this.#areDone &&= code === "done";
    this.token = task.token;
    this.#seqs.push(task.seq);
    this.#codes.push(code);
    this.#startedAtMs.push(startedAtMs);
    this.#runMs.push(runMs);
    this.#values.push(value);
  }

  /** What is sent: columns that say nothing stay empty. */
  message(): OutcomesMessage {
    return {
      kind: "outcomes",
      token: this.token,
      seqs: this.#isConsecutive ? this.#seqs.slice(0, 1) : this.#seqs,
      codes: this.#areDone ? [] : this.#codes,
      startedAtMs: this.#startedAtMs,
      runMs: this.#runMs,
      values: this.#hasValues ? this.#values : [],
    };
  }
}
